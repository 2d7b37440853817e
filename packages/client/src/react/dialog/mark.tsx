import type { ReactNode } from 'react';

const inside = {
  lock: 'M12 10.5v3.5M9.5 10.5h5v4h-5zM10.3 10.5V9a1.7 1.7 0 0 1 3.4 0v1.5',
  check: 'm8.6 12 2.4 2.4 4.4-4.6',
  cross: 'm9.6 9.6 4.8 4.8m0-4.8-4.8 4.8',
};

/** A shield; what stands in it says how the request stands. */
export function Mark({ of }: { readonly of: keyof typeof inside }): ReactNode {
  return (
    <svg className="countersign-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M12 2.8 4.8 5.4v6c0 4.5 3 7.9 7.2 9.8 4.2-1.9 7.2-5.3 7.2-9.8v-6z" />
      <path d={inside[of]} />
    </svg>
  );
}
