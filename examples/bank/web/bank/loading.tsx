import type { ReactNode } from 'react';

/** Where something comes in a moment: said to who listens, drawn as lines to who looks. */
export function Loading({ lines = 4 }: { readonly lines?: number }): ReactNode {
  return (
    <div className="loading" role="status">
      <span className="unseen">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}
