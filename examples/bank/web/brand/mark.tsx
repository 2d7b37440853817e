import type { ReactNode } from 'react';

/** Two strokes that meet at the top, and the line that countersigns them. */
export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <path d="M3 28 15.2 4h3.2L7.4 28Z" />
      <path d="M18.4 4 29 28h-2.2L16.6 8Z" />
      <path d="M9 20.2h18v1.6H9Z" />
    </svg>
  );
}
