import type { ReactNode } from 'react';

interface UnreachableProps {
  readonly retry: () => void;
  readonly what?: string;
}

export function Unreachable({ retry, what = 'The bank cannot be reached.' }: UnreachableProps): ReactNode {
  return (
    <div className="unreachable" role="alert">
      <p>{what}</p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
