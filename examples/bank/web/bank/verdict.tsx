import type { ReactNode } from 'react';
import { wordsOf } from './words.ts';

interface VerdictProps {
  readonly error: Error | null;
  /** What was done, once it is. */
  readonly children: ReactNode;
}

/** How a change went, said where it was asked for. */
export function Verdict({ error, children }: VerdictProps): ReactNode {
  const words = error === null ? null : wordsOf(error);
  return (
    <div role="status">
      {words !== null && (
        <p className="stopped">
          <strong>{words.title}.</strong> {words.text}
        </p>
      )}
      {words === null && children ? <p className="done">{children}</p> : null}
    </div>
  );
}
