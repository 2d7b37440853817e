import type { ReactNode } from 'react';

const round = 2 * Math.PI * 44;

interface RingProps {
  /** Of the time, from 1 down to 0. */
  readonly share: number;
  readonly seconds: number;
}

/** The time that is left, running out. */
export function Ring({ share, seconds }: RingProps): ReactNode {
  return (
    <svg className="ring" viewBox="0 0 100 100" role="img" aria-label={`A new code in ${seconds} seconds`}>
      <circle cx="50" cy="50" r="44" />
      <circle
        cx="50"
        cy="50"
        r="44"
        strokeDasharray={`${round * share} ${round}`}
        transform="rotate(-90 50 50)"
      />
      <text x="50" y="50">
        {seconds}
      </text>
    </svg>
  );
}
