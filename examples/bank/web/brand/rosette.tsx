import { useMemo, type ReactNode } from 'react';
import { rosette } from './guilloche.ts';

/** The picture of a hash. It decorates the hash, which is always written beside it. */
export function Rosette({ hash }: { readonly hash: string }): ReactNode {
  const rings = useMemo(() => rosette(hash), [hash]);
  return (
    <svg className="rosette" viewBox="0 0 100 100" aria-hidden="true">
      {rings.map((ring, index) => (
        <path key={index} d={ring} />
      ))}
    </svg>
  );
}
