import type { ReactNode } from 'react';
import { Rosette } from '../brand/rosette.tsx';

interface HashesProps {
  readonly approved: string;
  readonly tried: string;
}

/** Two hashes beside each other, and as pictures: what is alike in them is chance. */
export function Hashes({ approved, tried }: HashesProps): ReactNode {
  return (
    <dl className="hashes">
      <Hash name="Approved" hash={approved} other={tried} />
      <Hash name="Attempted" hash={tried} other={approved} />
    </dl>
  );
}

interface HashProps {
  readonly name: string;
  readonly hash: string;
  readonly other: string;
}

function Hash({ name, hash, other }: HashProps): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">
        <Rosette hash={hash} />
        {Array.from(hash, (letter, place) =>
          letter === other[place] ? letter : <mark key={place}>{letter}</mark>,
        )}
      </dd>
    </div>
  );
}
