import { setTimeout as sleep } from 'node:timers/promises';
import type { EventView } from '../../src/index.ts';
import type { TestCore } from '../../testing/index.ts';
import type { Random } from '../../testing/random.ts';
import { toldOf, type Follower, type Told } from './reader.ts';

/** A stream that is kept open from the start of the log. */
export function streamOf(test: TestCore): Follower {
  return follow('stream', async (told, signal) => {
    for await (const event of await test.core.event.stream(test.service, { from: 'start' }, { signal }))
      told.push(toldOf(event));
  });
}

/** Is cut off after any event, and goes on after the last one it has. */
export function cutStreamOf(test: TestCore, random: Random): Follower {
  return follow('stream, cut off at any event', async (told, signal) => {
    let lastEventId: string | undefined;
    while (!signal.aborted) {
      let left = 1 + random.integer(200);
      const from = { lastEventId, from: 'start' } as const;
      for await (const event of await test.core.event.stream(test.service, from, { signal })) {
        told.push(toldOf(event));
        lastEventId = event.id;
        left -= 1;
        if (left === 0) break;
      }
    }
  });
}

/** Stands still now and then, for longer than its queue lasts. */
export function slowStreamOf(test: TestCore): Follower {
  return follow('stream, read slowly', async (told, signal) => {
    for await (const event of await test.core.event.stream(test.service, { from: 'start' }, { signal })) {
      if (told.push(toldOf(event)) % 400 === 0 && !signal.aborted) await sleep(1000);
    }
  });
}

/** A watch ends with the decision; a wrong answer that was judged before it may be written after it. */
export const ofWatches = `NOT EXISTS (SELECT FROM countersign.event e
  WHERE e.about_id = event.about_id AND e.sequence < event.sequence AND e.type = ANY ('{${[
    'authorization_request.denied',
    'authorization_request.cancelled',
    'authorization_request.expired',
    'authorization_request.consumed',
  ].join()}}'))`;

/** Finds every request by a stream of creations, and the rest of its life by a watch. */
export function watchesOf(test: TestCore): Follower {
  return follow('watches of every request', async (told, signal) => {
    const watching: Promise<void>[] = [];
    const filter = { types: ['authorization_request.created'], from: 'start' } as const;
    const created = await test.core.event.stream(
      test.service,
      { ...filter, types: [...filter.types] },
      { signal },
    );
    for await (const event of created) {
      told.push(toldOf(event));
      watching.push(watch(test, event, told, signal));
    }
    await Promise.all(watching);
  });
}

async function watch(
  test: TestCore,
  { about, id: lastEventId }: EventView,
  told: Told[],
  signal: AbortSignal,
): Promise<void> {
  const open = test.core.authorizationRequest.watch;
  for await (const event of await open(test.service, { id: about.id, lastEventId }, { signal }))
    if (event.type !== 'authorization_request.snapshot') told.push(toldOf(event));
}

function follow(name: string, read: (told: Told[], signal: AbortSignal) => Promise<void>): Follower {
  const told: Told[] = [];
  const stopping = new AbortController();
  const reading = read(told, stopping.signal);
  reading.catch(() => undefined); // `stop` tells
  return {
    name,
    told,
    read: () => Promise.resolve(false),
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}
