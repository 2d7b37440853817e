import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistentCaller } from './persistent-caller.ts';

export interface FollowedEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly about: { readonly id: string };
}

/** Reads the log from its start, page by page by its cursor, through every death of the server. */
export interface LogFollower {
  /** Resolves with everything read once `wanted` events were read, or nothing new has come for 5 s. */
  finish(wanted: number): Promise<readonly FollowedEvent[]>;
}

const pollMs = 100;
const silentMs = 5000;

export function followLog(caller: PersistentCaller): LogFollower {
  const read: FollowedEvent[] = [];
  let after: string | undefined;
  let wanted = Infinity;
  let silentSince = performance.now();
  const isDone = () =>
    wanted < Infinity && (read.length >= wanted || performance.now() - silentSince > silentMs);

  const following = (async () => {
    while (!isDone()) {
      const input = { limit: 500, ...(after === undefined ? {} : { after }) };
      const page = await caller.query<{ items: FollowedEvent[]; cursor: string | null }>('event.list', input);
      read.push(...page.items);
      after = page.cursor ?? after;
      if (page.items.length > 0) silentSince = performance.now();
      else await sleep(pollMs);
    }
  })();
  following.catch(() => undefined); // told by `finish`

  return {
    async finish(count) {
      wanted = count;
      silentSince = performance.now();
      await following;
      return read;
    },
  };
}
