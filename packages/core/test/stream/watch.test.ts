import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authorizationRequestSchema,
  eventCatalog,
  type CoreContext,
  type EventView,
  type RequestSnapshot,
  type WatchEvent,
} from '../../src/index.ts';
import { formatId } from '../../src/id.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from '../fixtures.ts';
import { attachedLate } from '../planted/attached-late.ts';
import { between } from './between.ts';
import { readOn, take } from './read-on.ts';

const patience = { timeout: 10_000 };

type Input = Parameters<TestCore['core']['authorizationRequest']['watch']>[1];

const watch = async (test: TestCore, input: Input, context: CoreContext = test.service) =>
  await test.core.authorizationRequest.watch(context, input);

/** `snapshot`, `granted` … with the number of the event. */
const namesOf = (events: readonly { readonly type: string; readonly sequence: number }[]): string[] =>
  events.map(({ type, sequence }) => `${type.split('.')[1]} ${sequence}`);

const snapshotIn = (events: readonly WatchEvent[]): RequestSnapshot => {
  const [first] = events;
  if (first?.type !== 'authorization_request.snapshot') throw new Error('the first is no snapshot');
  return first;
};

async function grant(test: TestCore, id: string, subjectId = 'ada'): Promise<void> {
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test, subjectId) });
}

async function consume(test: TestCore, id: string): Promise<void> {
  const consumed = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  await test.core.authorizationRequest.consume(test.service, consumed);
}

describe('a watch of a request', () => {
  it('begins with the request as it is, and tells what happens to it from then on, in order, each once', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id }));
    await expect.poll(() => watching.told.length, patience).toBe(1);
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    test.clock.advance(60);
    await test.core.authorizationRequest.reset(test.service, { id });
    await grant(test, id);
    await consume(test, id);
    await watching.ended;
    expect(namesOf(watching.told)).toEqual([
      'snapshot 2',
      'check_failed 3',
      'reset 4',
      'challenged 5',
      'granted 6',
      'consumed 7',
    ]);
    const log = (await test.events(test.service, { requestId: id })).items;
    expect(watching.told.slice(1)).toEqual(log.slice(2));
    for (const event of watching.told)
      expect(authorizationRequestSchema.watchEvent.parse(event)).toEqual(event);
  });

  it('shows in its snapshot what get shows the same actor, and digits to nobody in an event', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test, { sessionId: 's1', context: { onlyForTheService: true } });
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' });
    for (const actor of [test.service, test.subject('ada', 's1'), device]) {
      const events = await take(await watch(test, { id }, actor), 1);
      const { data, about, subjectId, slug, context, sequence } = snapshotIn(events);
      expect(data.request).toEqual(await test.core.authorizationRequest.get(actor, { id }));
      expect(data.request.challenge).toMatchObject({ method: 'otp', digits: null });
      expect({ about, subjectId, slug, context, sequence }).toEqual({
        about: { kind: 'authorization_request', id },
        subjectId: 'ada',
        slug: 'transfer',
        context: null,
        sequence: 2,
      });
    }
    const [, ...events] = await take(await watch(test, { id, lastEventId: `evt_${'0'.repeat(52)}` }), 3);
    expect(JSON.stringify(events)).not.toContain('digits');
  });

  it.each([
    [
      'denied',
      async (test: TestCore, id: string) => {
        await test.core.authorizationRequest.deny(test.service, { id });
      },
      ['denied 3'],
    ],
    [
      'cancelled',
      async (test: TestCore, id: string) => {
        await test.core.authorizationRequest.cancel(test.service, { id });
      },
      ['cancelled 3'],
    ],
    [
      'expired',
      async (test: TestCore) => {
        test.clock.advance(301);
        await sweep(test.service);
      },
      ['expired 3'],
    ],
    [
      'consumed',
      async (test: TestCore, id: string) => {
        await grant(test, id);
        await consume(test, id);
      },
      ['granted 3', 'consumed 4'],
    ],
    [
      'past the end of its execution window',
      async (test: TestCore, id: string) => {
        await grant(test, id);
        test.clock.advance(300);
      },
      ['granted 3'],
    ],
    [
      'denied by the last wrong proof',
      async (test: TestCore, id: string) => {
        for (let n = 0; n < 5; n += 1)
          await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
      },
      ['check_failed 3', 'check_failed 4', 'check_failed 5', 'check_failed 6', 'check_failed 7', 'denied 8'],
    ],
  ] as const)('ends once the request is %s', async (_, happens, told) => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id }));
    await happens(test, id);
    await watching.ended;
    expect(namesOf(watching.told)).toEqual(['snapshot 2', ...told]);

    // One that comes afterwards has it in its snapshot, and a resuming one is told what it has missed.
    const after = readOn(await watch(test, { id }));
    await after.ended;
    expect(namesOf(after.told)).toEqual([`snapshot ${2 + told.length}`]);
    const resumed = readOn(await watch(test, { id, lastEventId: watching.told[0]?.id }));
    await resumed.ended;
    expect(namesOf(resumed.told)).toEqual([`snapshot ${2 + told.length}`, ...told]);
    expect(resumed.told.slice(1)).toEqual(watching.told.slice(1));
  });

  it('does not end at an expiry that a reset moved, nor before the end of the window', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id }));
    test.clock.advance(200);
    await test.core.authorizationRequest.reset(test.service, { id });
    test.clock.advance(200);
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    await expect.poll(() => watching.told.length, patience).toBe(4);
    await grant(test, id);
    await expect.poll(() => watching.told.length, patience).toBe(5);
    test.clock.advance(299);
    await consume(test, id);
    await watching.ended;
    expect(namesOf(watching.told)).toEqual([
      'snapshot 2',
      'reset 3',
      'challenged 4',
      'check_failed 5',
      'granted 6',
      'consumed 7',
    ]);
  });

  it('waits for the expiry to be written, and five seconds after it ends without', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id }));
    test.clock.advance(304);
    const late = readOn(await watch(test, { id }));
    await expect.poll(() => late.told.length, patience).toBe(1);
    expect(snapshotIn(late.told).data.request.state).toBe('expired');
    await sweep(test.service);
    await Promise.all([watching.ended, late.ended]);
    expect(namesOf(watching.told)).toEqual(['snapshot 2', 'expired 3']);
    expect(namesOf(late.told)).toEqual(['snapshot 2', 'expired 3']);

    const unswept = await createTransfer(test, { subjectId: 'bob' });
    const alone = readOn(await watch(test, { id: unswept.id }));
    await expect.poll(() => alone.told.length, patience).toBe(1);
    test.clock.advance(305);
    await alone.ended;
    expect(namesOf(alone.told)).toEqual(['snapshot 2']);
  });

  it('tells an expiry within five seconds of it, by itself', async () => {
    await using test = await openTestCore({ sweep: true, clock: { now: () => new Date() } });
    const { id, expiresAt } = await createTransfer(test, { expiresInSeconds: 1 });
    const watching = readOn(await watch(test, { id }));
    await watching.ended;
    expect(namesOf(watching.told)).toEqual(['snapshot 2', 'expired 3']);
    expect(Date.now() - expiresAt.getTime()).toBeLessThan(5000);
  });

  it('loses no grant that is committed between its snapshot and what it listens to', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const context = between(test.service, () => grant(test, id));
    const watching = readOn(await watch(test, { id }, context));
    await expect.poll(() => namesOf(watching.told), patience).toEqual(['snapshot 2', 'granted 3']);
    expect(snapshotIn(watching.told).data.request.state).toBe('waiting');
  });

  it('the naive watch that reads first and listens then loses that grant', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.events(test.service, {});
    const everything: EventView[] = [];
    test.core.event.reader.subscribe((events) => everything.push(...events));
    const context = between(test.service, async () => {
      await grant(test, id);
      await expect.poll(() => namesOf(everything), patience).toContain('granted 3');
    });
    const watching = readOn(attachedLate(test.core, context, { id }));
    await expect.poll(() => watching.told.length, patience).toBe(1);
    await consume(test, id);
    await expect.poll(() => namesOf(watching.told), patience).toEqual(['snapshot 0', 'consumed 4']);
  });

  it('goes on after any event, the snapshot’s own included, and tells each event once more', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const first = snapshotIn(await take(await watch(test, { id }), 1));
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    await grant(test, id);
    await consume(test, id);
    const whole = readOn(await watch(test, { id, lastEventId: first.id }));
    await whole.ended;
    const [snapshot, ...events] = whole.told;
    expect(namesOf(whole.told)).toEqual(['snapshot 5', 'check_failed 3', 'granted 4', 'consumed 5']);
    for (const [place, { id: lastEventId }] of events.entries()) {
      const resumed = readOn(await watch(test, { id, lastEventId }));
      await resumed.ended;
      expect(namesOf(resumed.told)).toEqual(['snapshot 5', ...namesOf(events.slice(place + 1))]);
      expect(resumed.told.slice(1)).toEqual(events.slice(place + 1));
    }
    // Cut off right behind a snapshot, again and again: nothing of what came before it is passed over.
    let lastEventId = snapshot?.id;
    for (let times = 0; times < 3; times += 1) {
      const again = readOn(await watch(test, { id, lastEventId }));
      await again.ended;
      expect(again.told.slice(1)).toEqual(events);
      expect(again.told[0]?.id).not.toBe(lastEventId);
      lastEventId = again.told[0]?.id;
    }
  });

  it('is not misled by the place of another request: its own events are told', async () => {
    await using test = await openTestCore();
    const other = await createTransfer(test, { subjectId: 'bob' });
    for (let n = 0; n < 4; n += 1)
      await test.core.authorizationRequest.grant(test.service, {
        id: other.id,
        proof: wrongProof(test, 'bob'),
      });
    const lastEventId = (await test.events(test.service, { requestId: other.id })).items.at(-1)?.id;
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id, lastEventId }));
    await grant(test, id);
    await expect.poll(() => namesOf(watching.told), patience).toEqual(['snapshot 2', 'granted 3']);
  });

  it('is for who may see the request: another subject or session finds nothing', async () => {
    await using test = await openTestCore();
    const bound = await createTransfer(test, { sessionId: 's1' });
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' });
    const { id } = bound;
    for (const actor of [
      test.subject('bob', 's1'),
      test.subject('ada', 's2'),
      test.subject('ada'),
      test.core.context({ kind: 'device', subjectId: 'bob', factorId: 'f' }),
    ])
      await expect(watch(test, { id }, actor)).rejects.toMatchObject(refusal('not_found'));
    for (const unknown of [
      'areq_none',
      formatId('authorizationRequest', randomUUID()),
      bound.challenge?.id ?? '',
    ])
      await expect(watch(test, { id: unknown })).rejects.toMatchObject(refusal('not_found'));
    await expect(watch(test, { id }, test.core.context({ kind: 'operator' }))).rejects.toMatchObject(
      refusal('forbidden'),
    );
    const own = await Promise.all(
      [test.subject('ada', 's1'), device].map(async (actor) => readOn(await watch(test, { id }, actor))),
    );
    const context = { onlyForTheService: true };
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test), context });
    await test.core.authorizationRequest.deny(test.service, { id, context });
    for (const { told, ended } of own) {
      await ended;
      expect(namesOf(told)).toEqual(['snapshot 2', 'check_failed 3', 'denied 4']);
      for (const event of told.slice(1) as EventView[]) {
        expect(event.context).toBeNull();
        expect(Object.keys(event.data as object).toSorted()).toEqual(
          Object.keys(eventCatalog[event.type].public.shape).toSorted(),
        );
      }
    }
  });

  it.each([
    { lastEventId: '' },
    { lastEventId: 'evt_no' },
    { lastEventId: 'x'.repeat(201) },
    { from: 'now' },
  ])('refuses the input %j', async (input) => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await expect(watch(test, { id, ...input })).rejects.toMatchObject(refusal('invalid_input'));
  });

  it('ends when its signal aborts and when core is closed', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const leaving = new AbortController();
    const { watch: open } = test.core.authorizationRequest;
    const left = readOn(await open(test.service, { id }, leaving));
    const staying = readOn(await watch(test, { id }));
    leaving.abort();
    await left.ended;
    const late = readOn(await open(test.service, { id }, leaving));
    await late.ended;
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    await expect.poll(() => staying.told.length, patience).toBe(2);
    await test.core.close();
    await staying.ended;
    expect(namesOf(left.told)).toEqual(['snapshot 2']);
  });

  it('passes over a type that a newer version has written, and goes on behind it', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const watching = readOn(await watch(test, { id }));
    await test.database.sql.query(
      `WITH escalated AS (UPDATE countersign.authorization_request SET sequence = 3 RETURNING id)
       INSERT INTO countersign.event SELECT e.epoch, e.txid, 3, gen_random_uuid(), 'authorization_request.escalated', e.occurred_at,
         e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id, '{}', NULL FROM countersign.event e JOIN escalated ON escalated.id = e.about_id AND e.sequence = 2`,
    );
    await test.core.authorizationRequest.cancel(test.service, { id });
    await watching.ended;
    expect(namesOf(watching.told)).toEqual(['snapshot 2', 'cancelled 4']);
  });
});
