import type { ReactNode } from 'react';
import { useConnection } from './connection.ts';

/** A line while the stream is away. What is under way goes on by itself when it is back. */
export function Offline(): ReactNode {
  const isAway = useConnection() === 'reconnecting';
  return (
    <div role="status">
      {isAway && <p className="offline">No connection to the bank. It is taken up again by itself.</p>}
    </div>
  );
}
