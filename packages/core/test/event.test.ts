import { describe, expect, it } from 'vitest';
import { eventCatalog, eventTypes } from '../src/index.ts';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from './fixtures.ts';

describe('the event log', () => {
  it('pages in commit order, and its cursor goes on where it stopped', async () => {
    await using test = await openTestCore();
    for (let n = 0; n < 4; n += 1) await createTransfer(test, { subjectId: `s${n}` });
    const all = (await test.events(test.service, {})).items;
    expect(all).toHaveLength(8);
    const paged = [];
    let after: string | undefined;
    for (;;) {
      const page = await test.events(test.service, { limit: 3, ...(after ? { after } : {}) });
      if (page.items.length === 0) break;
      expect(page.cursor).toBe(page.items.at(-1)?.id);
      paged.push(...page.items);
      after = page.cursor ?? undefined;
    }
    expect(paged).toEqual(all);
    expect(await test.events(test.service, { after: all.at(-1)?.id ?? '' })).toEqual({
      items: [],
      cursor: all.at(-1)?.id,
    });
  });

  it('gives the cursor of its present end, behind all there is and before all that comes', async () => {
    await using test = await openTestCore();
    await createTransfer(test);
    await test.events(test.service, {});
    const now = await test.core.event.list(test.service, { from: 'now' });
    expect(now.items).toEqual([]);
    expect(now.cursor).toMatch(/^evt_/);
    await createTransfer(test, { subjectId: 'bob' });
    const after = now.cursor ?? '';
    for (const from of ['now', 'start'] as const) {
      const { items } = await test.events(test.service, { after, from });
      expect(items.map(({ subjectId }) => subjectId)).toEqual(['bob', 'bob']);
    }
  });

  it('filters by type, slug, subject and request, and moves past what does not match', async () => {
    await using test = await openTestCore();
    const a = await createTransfer(test, { slug: 'a' });
    await createTransfer(test, { slug: 'b', subjectId: 'bob' });
    const types = async (input: object) =>
      (await test.events(test.service, input)).items.map(({ type, slug }) => `${slug}.${type.split('.')[1]}`);
    expect(await types({ types: ['authorization_request.created'] })).toEqual(['a.created', 'b.created']);
    expect(await types({ slug: 'b' })).toEqual(['b.created', 'b.challenged']);
    expect(await types({ subjectId: 'bob', types: ['authorization_request.challenged'] })).toEqual([
      'b.challenged',
    ]);
    expect(await types({ requestId: a.id })).toEqual(['a.created', 'a.challenged']);
    expect(await types({ requestId: a.id, subjectId: 'bob' })).toEqual([]);
    expect(await types({ requestId: 'areq_unknown' })).toEqual([]);
    const last = (await test.events(test.service, {})).items.at(-1);
    expect(await test.events(test.service, { types: ['authorization_request.granted'] })).toEqual({
      items: [],
      cursor: last?.id,
    });
  });

  it('tells subjects and devices what they may see, with public payloads and no context', async () => {
    await using test = await openTestCore();
    const context = { secret: 'of the host' };
    const { id } = await createTransfer(test, { sessionId: 's1', context });
    await createTransfer(test, { subjectId: 'bob', context });
    await createTransfer(test, { data: 'other session', sessionId: 's2', context });
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test), context });
    const own = await test.events(test.subject('ada', 's1'), {});
    expect(own.items.map(({ about, type }) => [about.id, type.split('.')[1]])).toEqual([
      [id, 'created'],
      [id, 'challenged'],
      [id, 'check_failed'],
    ]);
    for (const event of own.items) {
      expect(event.context).toBeNull();
      expect(Object.keys(event.data as object).toSorted()).toEqual(
        Object.keys(eventCatalog[event.type].public.shape).toSorted(),
      );
    }
    expect((await test.events(test.subject('ada', 's1'), { subjectId: 'bob' })).items).toEqual([]);
    expect((await test.events(test.subject('bob', 's1'), { requestId: id })).items).toEqual([]);
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'f' });
    expect((await test.events(device, {})).items).toHaveLength(5);
    const full = await test.events(test.service, { requestId: id });
    expect(full.items.map((event) => event.context)).toEqual([context, context, context]);
  });

  it('has the full payload of its catalogue in every event of a whole life', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.check(test.service, { id, proof: wrongProof(test) });
    test.clock.advance(60);
    await test.core.authorizationRequest.reset(test.service, { id });
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
    await test.core.authorizationRequest.consume(test.service, {
      id,
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
    });
    await test.core.authorizationRequest.deny(test.service, {
      id: (await createTransfer(test, { data: 1 })).id,
    });
    await test.core.authorizationRequest.cancel(test.service, {
      id: (await createTransfer(test, { data: 2 })).id,
    });
    const { items } = await test.events(test.service, {});
    const seen = new Set(items.map(({ type }) => type));
    for (const event of items)
      expect(Object.keys(event.data as object).toSorted()).toEqual(
        Object.keys(eventCatalog[event.type].full.shape).toSorted(),
      );
    expect([...seen].toSorted()).toEqual(
      eventTypes
        .filter((type) => type.startsWith('authorization_request.') && !type.endsWith('expired'))
        .toSorted(),
    );
  });

  it('cannot be rewritten: no update, no delete, no truncation', async () => {
    await using test = await openTestCore();
    await createTransfer(test);
    for (const attack of [
      "UPDATE countersign.event SET type = 'x'",
      'DELETE FROM countersign.event',
      'TRUNCATE countersign.event',
    ]) {
      await expect(test.database.sql.query(attack)).rejects.toThrow(/an event (does not change|is kept)/);
    }
  });

  it.each([
    '',
    'evt_',
    'evt_!',
    'areq_00000000000000000000000000',
    `evt_${'z'.repeat(52)}`,
    `evt_${'0'.repeat(51)}`,
    'evt_\u0000',
  ])('refuses the cursor %j', async (after) => {
    await using test = await openTestCore();
    await expect(test.core.event.list(test.service, { after })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });

  it('tells a reader in this process all that commits from now on, in order, each once', async () => {
    await using test = await openTestCore();
    await createTransfer(test, { subjectId: 'earlier' });
    await test.events(test.service, {});
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const told: string[] = [];
    const stop = test.core.event.reader.subscribe((events) => told.push(...events.map(({ id }) => id)));
    for (let n = 0; n < 5; n += 1) await createTransfer(test, { subjectId: `s${n}` });
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(10);
    stop();
    await createTransfer(test, { subjectId: 'after' });
    const { items } = await test.events(test.service, {});
    expect(told).toEqual(items.slice(2, 12).map(({ id }) => id));
  });

  it('passes over a type that a newer version has written, and goes on behind it', async () => {
    await using test = await openTestCore();
    await createTransfer(test);
    await test.database.sql.query(
      `INSERT INTO countersign.event SELECT epoch, txid, 7, gen_random_uuid(), 'authorization_request.escalated', occurred_at,
         subject_id, session_id, slug, about_kind, about_id, '{}', NULL FROM countersign.event WHERE sequence = 2`,
    );
    const told: string[] = [];
    test.core.event.reader.subscribe((events) => told.push(...events.map(({ type }) => type)));
    await createTransfer(test, { subjectId: 'bob' });
    const { items, cursor } = await test.events(test.service, {});
    expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 1, 2]);
    expect((await test.events(test.service, { after: cursor ?? '' })).items).toEqual([]);
    await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  });

  it('puts what is written after a restore into a younger cluster after all that was written before', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.database.sql.query('ALTER TABLE countersign.event DISABLE TRIGGER USER');
    await test.database.sql.query(
      'UPDATE countersign.event SET txid = (txid::text::bigint + 1000000000)::text::xid8',
    );
    await test.database.sql.query(
      'UPDATE countersign.authorization_request SET event_txid = (event_txid::text::bigint + 1000000000)::text::xid8',
    );
    await test.database.sql.query('ALTER TABLE countersign.event ENABLE TRIGGER USER');
    await using restored = await openTestCore({
      database: test.database.url,
      secret: test.secret,
      clock: test.clock,
    });
    await restored.core.authorizationRequest.grant(restored.service, { id, proof: rightProof(test) });
    // Of the database that both are open on: what is not visible yet is waited for there.
    const { items } = await test.events(restored.service, {});
    expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });
});
