import type { ReactNode } from 'react';
import { weave } from './guilloche.ts';

const lines = weave();

/** What is printed on the ground of a note. */
export function Weave(): ReactNode {
  return (
    <svg className="weave" viewBox="0 0 800 320" preserveAspectRatio="xMaxYMid slice" aria-hidden="true">
      {lines.map((line, index) => (
        <path key={index} d={line} />
      ))}
    </svg>
  );
}
