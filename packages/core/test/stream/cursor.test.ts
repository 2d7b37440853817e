import { afterAll, beforeAll, expect, it } from 'vitest';
import { CountersignError, type CoreContext, type EventView } from '../../src/index.ts';
import type { LogFollower, LogReader } from '../../src/event/log-reader.ts';
import { logStart, parsePosition } from '../../src/event/position.ts';
import { readNew } from '../../src/event/read.ts';
import type { EventRow } from '../../src/event/row.ts';
import { streamEvents } from '../../src/event/stream.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { hostileCursor } from '../log/hostile-cursor.ts';
import { arrangeTwoSubjects, type TwoSubjects } from '../log/two-subjects.ts';
import { createRandom } from '../../testing/random.ts';

let test: TestCore;
let arranged: TwoSubjects;
let rows: EventRow[];
beforeAll(async () => {
  test = await openTestCore();
  arranged = await arrangeTwoSubjects(test);
  await test.events(test.service, {});
  rows = await test.service.database.pool.query(readNew, { ...logStart, limit: 500 });
});
afterAll(() => test[Symbol.asyncDispose]());

type Actor = TwoSubjects['actors'][number];

/** Reads a whole stream that ends by itself; null when its cursor was refused. */
async function readWhole(stream: Promise<AsyncIterable<EventView>>): Promise<EventView[] | null> {
  const told: EventView[] = [];
  try {
    for await (const event of await stream) told.push(event);
    return told;
  } catch (error) {
    if (error instanceof CountersignError && error.reason === 'invalid_input') return null;
    throw error;
  }
}

/** An event that the actor may not see, or more of one than it may. */
function isStrange(event: EventView, { permitted: { subjectId, requests } }: Actor): boolean {
  return event.subjectId !== subjectId || !requests.has(event.about.id) || event.context !== null;
}

/** A log that tells everything there is, to everybody, and is over. */
function tellingAll(): LogReader {
  return {
    place: logStart,
    follow(follower: LogFollower) {
      queueMicrotask(() => follower.told(rows));
      setImmediate(() => follower.ended());
      return () => undefined;
    },
    subscribe: () => () => undefined,
    wake: () => undefined,
    woken: () => () => undefined,
    bus: null,
    close: () => Promise.resolve(),
  };
}

/** A database that knows of every place that it is ahead of the log, and nothing else. */
async function aheadOnly({ name }: { readonly name: string }) {
  if (name !== 'countersign_log_place') throw new Error('the database was asked');
  return [{ is_pruned: false, is_ahead: true }];
}

it('shows a subject no event of another one, nor of another session, after any of 100,000 cursors', async () => {
  const random = createRandom(0x5eed);
  // What is told as it happens, without a database: whoever asks for one has lost, but for what is ahead of the log.
  const unplugged = (context: CoreContext): CoreContext => ({
    ...context,
    database: new Proxy(context.database, {
      get() {
        return { query: aheadOnly };
      },
    }),
  });
  const actors = arranged.actors.map((actor) => ({ ...actor, context: unplugged(actor.context) }));
  const figures = { refused: 0, events: 0 };
  for (let times = 0; times < 100_000; times += 1) {
    const actor = random.pick(actors);
    const lastEventId = hostileCursor(random, arranged.ids);
    const told = await readWhole(streamEvents(actor.context, tellingAll(), { lastEventId }));
    if (told === null) figures.refused += 1;
    else {
      figures.events += told.length;
      const strange = told.find((event) => isStrange(event, actor));
      if (strange) expect.fail(`${JSON.stringify(strange)} after ${lastEventId}`);
    }
  }
  expect(figures.refused).toBeGreaterThan(10_000);
  expect(figures.events).toBeGreaterThan(50_000);
}, 60_000);

/** Ahead of the log: a list says so, and a stream once something would not be told. */
function refusedAhead(error: unknown): null {
  expect(error).toMatchObject({ details: { issues: [{ code: 'cursor_ahead_of_log' }] } });
  return null;
}

it('never answers a cursor with an error of the database: 3,000 of them, read from it', async () => {
  const random = createRandom(0x5eed);
  const figures = { refused: 0, events: 0 };
  const readSome = async () => {
    for (let times = 0; times < 150; times += 1) {
      const actor = random.pick(arranged.actors);
      const lastEventId = hostileCursor(random, arranged.ids);
      const place = parsePosition(lastEventId);
      const stream = test.core.event.stream(actor.context, { lastEventId });
      if (place === null) {
        await expect(stream).rejects.toMatchObject({ reason: 'invalid_input' });
        figures.refused += 1;
        continue;
      }
      const left = await test.core.event.list(actor.context, { after: lastEventId }).catch(refusedAhead);
      if (left === null) {
        figures.refused += 1;
        continue;
      }
      let seen = 0;
      const iterator = (await stream)[Symbol.asyncIterator]();
      while (seen < left.items.length) {
        const { value } = (await iterator.next()) as { value: EventView };
        expect(value).toEqual(left.items[seen]);
        expect(isStrange(value, actor)).toBe(false);
        seen += 1;
      }
      figures.events += seen;
      void iterator.return?.();
    }
  };
  await Promise.all(Array.from({ length: 20 }, readSome));
  expect(figures.refused).toBeGreaterThan(300);
  expect(figures.events).toBeGreaterThan(1000);
}, 60_000);

it('shows a watch of one’s own request its own events only, after any of 2,000 cursors', async () => {
  const random = createRandom(0x5eed);
  test.clock.advance(400); // The windows to execute are over: each watch ends by itself.
  const mine = arranged.actors.map(({ context, permitted }) => ({ context, ids: [...permitted.requests] }));
  const figures = { refused: 0, events: 0 };
  const readSome = async () => {
    for (let times = 0; times < 100; times += 1) {
      const { context, ids } = random.pick(mine);
      const id = random.pick(ids);
      const lastEventId = hostileCursor(random, arranged.ids);
      const watch = test.core.authorizationRequest.watch(context, { id, lastEventId });
      if (parsePosition(lastEventId) === null) {
        await expect(watch).rejects.toMatchObject({ reason: 'invalid_input' });
        figures.refused += 1;
        continue;
      }
      for await (const event of await watch) {
        expect(event.about.id).toBe(id);
        expect(event.subjectId).toBe('ada');
        expect(event.context).toBeNull();
        figures.events += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, readSome));
  expect(figures.refused).toBeGreaterThan(200);
  expect(figures.events).toBeGreaterThan(1000);
}, 60_000);
