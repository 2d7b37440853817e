import { describe, expect, it } from 'vitest';
import {
  CountersignError,
  eventCatalog,
  eventView,
  type EventStreamInput,
  type EventView,
} from '../../src/index.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, refusal, rightProof, wrongProof } from '../fixtures.ts';
import { arrangeTwoSubjects } from '../log/two-subjects.ts';
import { readOn, take } from './read-on.ts';

const patience = { timeout: 10_000 };

/** So many requests of as many subjects: two events each. */
async function createMany(test: TestCore, count: number, prefix = 's'): Promise<void> {
  for (let n = 0; n < count; n += 1) await createTransfer(test, { subjectId: `${prefix}${n}` });
}

describe('a stream of events', () => {
  it('begins at the present end of the log and tells all that commits from then on, in order, each once', async () => {
    await using test = await openTestCore();
    await createMany(test, 3, 'earlier');
    const { cursor } = await test.events(test.service, {});
    const stream = readOn(await test.core.event.stream(test.service, {}));
    await createMany(test, 20);
    await expect.poll(() => stream.told.length, patience).toBe(40);
    const { items } = await test.events(test.service, { after: cursor ?? '', limit: 500 });
    expect(stream.told).toEqual(items);
  });

  it('misses nothing that is committed before anybody reads from it', async () => {
    await using test = await openTestCore();
    const stream = await test.core.event.stream(test.service, {});
    await createMany(test, 30);
    const { items } = await test.events(test.service, { limit: 500 });
    expect(await take(stream, 60)).toEqual(items);
  });

  it('tells the whole log from its start on request, and goes on with what is new', async () => {
    await using test = await openTestCore();
    await createMany(test, 60);
    await test.events(test.service, {});
    const stream = readOn(await test.core.event.stream(test.service, { from: 'start' }));
    await createMany(test, 5, 'new');
    await expect.poll(() => stream.told.length, patience).toBe(130);
    expect(stream.told).toEqual((await test.events(test.service, { limit: 500 })).items);
    expect(stream.told.map((event) => eventView.parse(event))).toEqual(stream.told);
  });

  it('goes on after any event it is given, wherever else it was told to begin', async () => {
    await using test = await openTestCore();
    await createMany(test, 12);
    const { items } = await test.events(test.service, {});
    for (const [place, { id }] of items.slice(0, -1).entries()) {
      for (const from of ['now', 'start'] as const) {
        const stream = await test.core.event.stream(test.service, { lastEventId: id, from });
        expect(await take(stream, items.length - place - 1)).toEqual(items.slice(place + 1));
      }
    }
    const stream = readOn(
      await test.core.event.stream(test.service, { lastEventId: items.at(-1)?.id ?? '', from: 'start' }),
    );
    await createMany(test, 1, 'new');
    await expect.poll(() => stream.told.length, patience).toBe(2);
    expect(stream.told[0]?.subjectId).toBe('new0');
  });

  it('tells an actor with a filter what a list would, and nothing else', async () => {
    await using test = await openTestCore();
    const { strange } = await arrangeTwoSubjects(test);
    await createTransfer(test, { slug: 'other', subjectId: 'ada', sessionId: 'session-1' });
    const actors = {
      service: test.service,
      ada: test.subject('ada'),
      inSession: test.subject('ada', 'session-1'),
      device: test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' }),
    };
    const filters: EventStreamInput[] = [
      {},
      { types: ['authorization_request.granted', 'authorization_request.created'] },
      { slug: 'other' },
      { subjectId: 'ada' },
      { subjectId: 'grace' },
      { requestId: strange.request },
      { requestId: 'areq_none' },
    ];
    const opened = await Promise.all(
      Object.entries(actors).flatMap(([name, actor]) =>
        filters.map(async (filter) => {
          const stream = readOn(await test.core.event.stream(actor, { ...filter, from: 'start' }));
          return { name: `${name} ${JSON.stringify(filter)}`, actor, filter, stream };
        }),
      ),
    );
    // What is there, and what comes in while they read.
    await arrangeTwoSubjects(test);
    await expect.poll(() => opened[0]?.stream.told.length, patience).toBe(98);
    let shown = 0;
    for (const { name, actor, filter, stream } of opened) {
      const { items } = await test.events(actor, { ...filter, limit: 500 });
      await expect.poll(() => stream.told.length, patience).toBe(items.length);
      expect(stream.told, name).toEqual(items);
      shown += items.length;
    }
    expect(shown).toBeGreaterThan(500);
  });

  it('tells subjects and devices public payloads and no context', async () => {
    await using test = await openTestCore();
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' });
    const streams = [
      readOn(await test.core.event.stream(test.subject('ada'), {})),
      readOn(await test.core.event.stream(device, {})),
    ];
    const full = readOn(await test.core.event.stream(test.service, {}));
    const context = { secret: 'of the host' };
    const { id } = await createTransfer(test, { context });
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test), context });
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test), context });
    await expect.poll(() => full.told.length, patience).toBe(4);
    expect(full.told.map((event) => event.context)).toEqual([context, context, context, context]);
    for (const { told } of streams) {
      expect(told).toHaveLength(4);
      for (const event of told) {
        expect(event.context).toBeNull();
        expect(Object.keys(event.data as object).toSorted()).toEqual(
          Object.keys(eventCatalog[event.type].public.shape).toSorted(),
        );
      }
    }
  });

  it('keeps two subjects apart, and the sessions of each, while both are written for at once', async () => {
    await using test = await openTestCore();
    const sessions = [null, 's1', 's2'];
    const actors = ['ada', 'grace'].flatMap((subjectId) =>
      sessions.map((sessionId) => ({ subjectId, sessionId })),
    );
    const opened = await Promise.all(
      actors.map(async ({ subjectId, sessionId }) =>
        readOn(await test.core.event.stream(test.subject(subjectId, sessionId), {})),
      ),
    );
    const made = await Promise.all(
      actors.map(async (actor, n) => {
        const { id } = await createTransfer(test, { ...actor, data: n });
        await test.core.authorizationRequest.cancel(test.service, { id });
        return { ...actor, id };
      }),
    );
    for (const [n, { subjectId, sessionId }] of actors.entries()) {
      const permitted = made.filter(
        (one) => one.subjectId === subjectId && (one.sessionId === null || one.sessionId === sessionId),
      );
      await expect.poll(() => opened[n]?.told.length, patience).toBe(3 * permitted.length);
      expect(new Set(opened[n]?.told.map(({ about }) => about.id))).toEqual(
        new Set(permitted.map(({ id }) => id)),
      );
    }
  });

  it('makes an event once for all who read it, and nobody can change it for the others', async () => {
    await using test = await openTestCore();
    const [a, b, c] = await Promise.all(
      [test.subject('ada'), test.subject('ada'), test.service].map(async (actor) =>
        readOn(await test.core.event.stream(actor, {})),
      ),
    );
    await createTransfer(test, { context: { nested: { list: [1] } } });
    await expect.poll(() => c?.told.length, patience).toBe(2);
    expect(a?.told[0]).toBe(b?.told[0]);
    expect(a?.told[0]).not.toEqual(c?.told[0]);
    const event = c?.told[0] ?? expect.fail('nothing was told');
    expect(() => Object.assign(event.data as object, { title: 'another' })).toThrow(TypeError);
    expect(() => (event.context as { nested: { list: number[] } }).nested.list.push(2)).toThrow(TypeError);
  });

  it('that is read more slowly than the log grows loses nothing, and holds a bounded part of it', async () => {
    await using test = await openTestCore();
    const slow = (await test.core.event.stream(test.service, {}))[Symbol.asyncIterator]();
    const fast = readOn(await test.core.event.stream(test.service, {}));
    const told: EventView[] = [];
    const takeOne = async () => {
      const next = await slow.next();
      if (next.done !== true) told.push(next.value);
    };
    for (let round = 0; round < 6; round += 1) {
      await createMany(test, 40, `round-${round}-`);
      await takeOne();
    }
    await expect.poll(() => fast.told.length, patience).toBe(480);
    while (told.length < 480) await takeOne();
    expect(told).toEqual(fast.told);
    await createMany(test, 1, 'last');
    await takeOne();
    expect(told.at(-1)).toMatchObject({ subjectId: 'last0', sequence: 1 });
  }, 60_000);

  it('ends when its signal aborts and when core is closed, whether it is read or not', async () => {
    await using test = await openTestCore();
    const leaving = new AbortController();
    const { signal } = leaving;
    const streams = [
      readOn(await test.core.event.stream(test.service, {}, { signal })),
      readOn(await test.core.event.stream(test.subject('ada'), { subjectId: 'bob' }, { signal })),
    ];
    const unread = await test.core.event.stream(test.service, {}, { signal });
    const staying = readOn(await test.core.event.stream(test.service, {}));
    await createTransfer(test);
    await expect.poll(() => streams[0]?.told.length, patience).toBe(2);
    leaving.abort();
    await Promise.all(streams.map(({ ended }) => ended));
    expect(await take(unread, 1)).toEqual([]);
    expect(await take(await test.core.event.stream(test.service, { from: 'start' }, { signal }), 1)).toEqual(
      [],
    );
    await createTransfer(test, { subjectId: 'bob' });
    await expect.poll(() => staying.told.length, patience).toBe(4);
    await test.core.close();
    await staying.ended;
    expect(streams[0]?.told).toHaveLength(2);
  });

  it('fails with a coded error when the log cannot be read, and can be gone on with', async () => {
    await using test = await openTestCore();
    await createMany(test, 3);
    const { items } = await test.events(test.service, {});
    let isAway = false;
    const { database } = test.service;
    const away = () => Promise.reject(new CountersignError('unavailable_dependency'));
    const query: typeof database.pool.query = (statement, parameters) =>
      isAway ? away() : database.pool.query(statement, parameters);
    const context = { ...test.service, database: { ...database, pool: { ...database.pool, query } } };
    const stream = await test.core.event.stream(context, { from: 'start' });
    isAway = true;
    await expect(take(stream, 1)).rejects.toMatchObject(refusal('unavailable_dependency'));
    await expect(test.core.event.stream(context, {})).rejects.toMatchObject(
      refusal('unavailable_dependency'),
    );
    isAway = false;
    expect(await take(await test.core.event.stream(context, { from: 'start' }), 6)).toEqual(items);
  });

  it.each([
    { lastEventId: '' },
    { lastEventId: 'evt_no' },
    { lastEventId: 'areq_02krzp8z1wf44ar7tqdm83kv4c' },
    { from: 'then' },
    { types: ['authorization_request.snapshot'] },
    { limit: 10 },
  ])('refuses the input %j', async (input) => {
    await using test = await openTestCore();
    await expect(test.core.event.stream(test.service, input as EventStreamInput)).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });

  it('is not for operators', async () => {
    await using test = await openTestCore();
    const operator = test.core.context({ kind: 'operator' });
    await expect(test.core.event.stream(operator, {})).rejects.toMatchObject(refusal('forbidden'));
  });
});
