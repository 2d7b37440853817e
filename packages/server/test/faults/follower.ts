import { createCountersignClient } from '../../../client/src/index.ts';
import {
  compare,
  type Faults,
  type LoggedEvent,
  type ToldEvent,
} from '../../../client/test/streams/compare.ts';
import type { FollowedEvent } from '../kill/log-follower.ts';

/** Somebody who reads the log over a stream, from its start, through every fault. */
export interface Follower extends AsyncDisposable {
  readonly name: string;
  readonly told: readonly (ToldEvent & FollowedEvent)[];
  /** What is wrong with what it was told, so far. */
  judge(log: readonly LoggedEvent[]): Faults;
  /** Rejects when the stream ends. */
  readonly failed: Promise<never>;
}

export interface FollowerOptions {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** Whose stream it is; null: the service's. */
  readonly subjectId: string | null;
}

/** Connects again soon, and notices silence soon: a run has no quarter of an hour for it. */
const impatience = {
  reconnect: { firstMilliseconds: 20, maxMilliseconds: 500 },
  timing: {
    openMilliseconds: 2000,
    silenceMilliseconds: 1000,
    answerMilliseconds: 1000,
    moveMilliseconds: 200,
  },
};

export function openFollower({ name, url, token, subjectId }: FollowerOptions): Follower {
  const client = createCountersignClient({
    url: `${url}/trpc`,
    token,
    transport: 'websocket',
    ...impatience,
  });
  const leaving = new AbortController();
  const told: (ToldEvent & FollowedEvent)[] = [];
  const reading = (async () => {
    for await (const event of client.event.stream({ from: 'start' }, { signal: leaving.signal }))
      if (event.about.kind === 'authorization_request') told.push(event);
  })();
  const failed = reading.then(() => Promise.reject(new Error(`${name}: the stream ended`)));
  failed.catch(() => undefined); // told by whoever races with it
  return {
    name,
    told,
    failed,
    judge: (log) => compare(log, subjectId === null ? null : { subjectId, sessionId: null }, told),
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reading.catch(() => undefined);
      await client.close();
    },
  };
}
