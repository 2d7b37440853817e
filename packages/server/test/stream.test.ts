import { CountersignError, eventView, type Actor, type EventView, type WatchEvent } from '@countersign/core';
import { isTrackedEnvelope, type TRPCError, type TrackedEnvelope } from '@trpc/server';
import { describe, expect, it, vi } from 'vitest';
import type { Connection } from '../src/connection.ts';
import { router } from '../src/router.ts';
import { sharedServer } from './support/shared-server.ts';
import { transfer, transferData, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });
const service: Actor = { kind: 'service' };
const patience = { timeout: 10_000 };

let amountCents = 0;
/** A request of somebody; its data and its address differ from those of all others. */
async function createOne(subjectId: string): Promise<string> {
  amountCents += 1;
  const { id } = await shared()
    .cs.createCaller(service)
    .authorizationRequest.create({
      ...transferRequest,
      subjectId,
      data: { ...transferData, amountCents },
      deliverTo: { channel: 'email', address: `${amountCents}@example.org` },
    });
  return id;
}

/** The same procedures, called over a connection that is in the test's hands. */
function callerOver(connection: Connection, signal?: AbortSignal) {
  const { countersign } = shared().cs.context(service);
  return router.createCaller({ countersign: { ...countersign, connection } }, { signal });
}

/** What a caller in this process is given: tracked, though its type says what a client gets. */
const inProcess = <Event>(stream: AsyncIterable<unknown>) => stream as AsyncIterable<TrackedEnvelope<Event>>;

async function take<Event>(stream: AsyncIterable<unknown>, count: number): Promise<TrackedEnvelope<Event>[]> {
  const taken: TrackedEnvelope<Event>[] = [];
  for await (const one of inProcess<Event>(stream)) if (taken.push(one) === count) break;
  return taken;
}

describe('event.stream', () => {
  it('yields each event with its id, by which a client resumes', async () => {
    const caller = shared().cs.createCaller(service);
    const stream = await caller.event.stream({ subjectId: 'streamed' });
    await createOne('streamed');
    await createOne('streamed');
    const events = await take<EventView>(stream, 4);
    for (const one of events) {
      expect(isTrackedEnvelope(one)).toBe(true);
      expect(one[0]).toBe(one[1].id);
      expect(eventView.parse(one[1])).toEqual(one[1]);
    }
    for (const [place, [lastEventId]] of events.slice(0, -1).entries()) {
      // A client that resumes says both.
      const resumed = await caller.event.stream({ subjectId: 'streamed', from: 'now', lastEventId });
      expect(await take(resumed, 3 - place)).toEqual(events.slice(place + 1));
    }
  });

  it.each([{ lastEventId: 'evt_no' }, { from: 'yesterday' }, { after: 'evt_' }, { types: ['transfer'] }])(
    'refuses the input %j before it begins',
    async (input) => {
      const refused: unknown = await shared()
        .cs.createCaller(service)
        .event.stream(input as object)
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'BAD_REQUEST' });
    },
  );

  it('tells a subject nothing of another one, whatever it asks for', async () => {
    const { cs } = shared();
    const ada = cs.createCaller({ kind: 'subject', subjectId: 'stream-ada', sessionId: null });
    const opened = [
      await ada.event.stream({}),
      await ada.event.stream({ from: 'start' }),
      await ada.event.stream({ subjectId: 'stream-grace', from: 'start' }),
    ];
    const told: EventView[] = [];
    for (const stream of opened) {
      void (async () => {
        for await (const [, event] of inProcess<EventView>(stream)) told.push(event);
      })();
    }
    const foreign = await createOne('stream-grace');
    await createOne('stream-ada');
    await expect.poll(() => told.length, patience).toBe(4);
    expect(told.filter(({ subjectId, about }) => subjectId !== 'stream-ada' || about.id === foreign)).toEqual(
      [],
    );
    expect(told.every(({ context }) => context === null)).toBe(true);
  });

  it('is drawn no further than its connection can take, and loses nothing by waiting', async () => {
    let open = Promise.withResolvers<void>();
    const ready = vi.fn<Connection['ready']>(() => open.promise);
    const { signal } = new AbortController();
    const stream = await callerOver({ ready }, signal).event.stream({ subjectId: 'gated' });
    const told: string[] = [];
    const reading = (async () => {
      for await (const [id] of inProcess(stream)) if (told.push(id) === 60) break;
    })();
    const ids = [];
    for (let n = 0; n < 10; n += 1) ids.push(await createOne('gated'));
    await expect.poll(() => ready.mock.calls.length, patience).toBe(1);
    for (const id of ids) await shared().cs.createCaller(service).authorizationRequest.cancel({ id });
    expect(told).toEqual([]);
    open.resolve();
    open = Promise.withResolvers<void>();
    open.resolve();
    for (let n = 0; n < 10; n += 1) {
      const id = await createOne('gated');
      await shared().cs.createCaller(service).authorizationRequest.cancel({ id });
    }
    await reading;
    expect(new Set(told).size).toBe(60);
    expect(ready).toHaveBeenCalledTimes(60);
  }, 30_000);

  it('ends quietly when its connection is closed', async () => {
    const closed = () => Promise.reject(new Error('closed'));
    const { signal } = new AbortController();
    await createOne('closed');
    const caller = callerOver({ ready: closed }, signal);
    expect(await take(await caller.event.stream({ from: 'start' }), 1)).toEqual([]);
  });

  it('that fails while it runs says so in public words, and the log has the rest', async () => {
    const { cs, log } = shared();
    const { countersign } = cs.context(service);
    const failing = async function* (): AsyncGenerator<EventView> {
      await Promise.resolve();
      yield* [];
      throw new Error('relation "countersign.event" does not exist');
    };
    const core = { ...cs.core, event: { ...cs.core.event, stream: () => Promise.resolve(failing()) } };
    const caller = router.createCaller({ countersign: { ...countersign, core } });
    const error: unknown = await take(await caller.event.stream({}), 1).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect((error as TRPCError).message).not.toContain('relation');
    expect(log.some((line) => line.includes('event.stream') && line.includes('relation'))).toBe(true);
  });
});

describe('authorizationRequest.watch', () => {
  it('yields the request first, then what happens to it, and ends with it', async () => {
    const caller = shared().cs.createCaller(service);
    const id = await createOne('watched');
    const watch = await caller.authorizationRequest.watch({ id });
    await caller.authorizationRequest.deny({ id });
    const told = await take<WatchEvent>(watch, 10);
    expect(told.map(([, { type, sequence }]) => [type, sequence])).toEqual([
      ['authorization_request.snapshot', 2],
      ['authorization_request.denied', 3],
    ]);
    const [first] = told;
    expect(first?.[0]).toBe(first?.[1].id);
    expect(first?.[1].data).toMatchObject({ request: { id, state: 'waiting' } });
    const resumed = await caller.authorizationRequest.watch({ id, lastEventId: first?.[0] });
    expect((await take<WatchEvent>(resumed, 10)).slice(1)).toEqual(told.slice(1));
  });

  it('refuses before it begins what the actor may not see', async () => {
    const { cs } = shared();
    const id = await createOne('watched');
    const stranger = cs.createCaller({ kind: 'subject', subjectId: 'stranger', sessionId: null });
    const refused: unknown = await stranger.authorizationRequest
      .watch({ id })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'NOT_FOUND' });
    expect((refused as TRPCError).cause).toBeInstanceOf(CountersignError);
    await expect(
      cs.createCaller({ kind: 'operator' }).authorizationRequest.watch({ id }),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('ends when the signal of the call aborts', async () => {
    const { countersign } = shared().cs.context(service);
    const leaving = new AbortController();
    const caller = router.createCaller({ countersign }, { signal: leaving.signal });
    const id = await createOne('left');
    const watch = take(await caller.authorizationRequest.watch({ id }), 10);
    leaving.abort();
    expect((await watch).length).toBeLessThan(2);
  });
});

it('every subscription declares what it yields, for documents and clients to be made of', () => {
  const { 'event.stream': stream, 'authorizationRequest.watch': watch } = router._def
    .procedures as unknown as Record<
    string,
    { readonly _def: { readonly output: { readonly element: unknown; meta(): unknown } } }
  >;
  expect(stream?._def.output.element).toBe(eventView);
  expect(stream?._def.output.meta()).toEqual({ tracked: true });
  expect(watch?._def.output.meta()).toEqual({ tracked: true });
});
