import { describe, expect, it } from 'vitest';
import { dummy } from '../../src/method/methods/dummy.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { createMethodRegistry, dataHash } from '../../src/index.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { createOutbox, openTestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  adaMail,
  addFactor,
  codeOf,
  removeFactors,
  requestByMail,
  rightWord,
  switchedOff,
  word,
  type Told,
} from './fixtures.ts';

describe('request', () => {
  it('wants a method or a factor, one of the two, and no purpose of ours', async () => {
    await using test = await openTestCore();
    const { request } = test.core.confirmations();
    for (const input of [
      {},
      { methodId: 'otp', factorId: 'fact_0', subjectId: 'ada' },
      { methodId: 'otp', subjectId: 'ada', data: adaMail, purpose: 'countersign.factor' },
      { methodId: 'otp', subjectId: 'ada', data: adaMail, purpose: '' },
      { methodId: 'otp', subjectId: 'ada', data: { channel: 'email', address: 'not one' } },
      { methodId: 'otp', subjectId: 'ada', data: 'x'.repeat(16 * 1024) },
      { methodId: 'otp', subjectId: 'ada', data: { when: new Date() } },
      { methodId: 'otp', subjectId: 'ada', data: adaMail, more: 1 },
      { factorId: 'fact_0' },
    ])
      await expect(request(test.service, input), JSON.stringify(input).slice(0, 80)).rejects.toMatchObject(
        refusal('invalid_input'),
      );
    const { rows } = await test.database.sql.query('SELECT FROM countersign.confirmation');
    expect(rows).toEqual([]);
  });

  it('is for the service, for anybody, and for a subject, for itself', async () => {
    await using test = await openTestCore();
    const { request } = test.core.confirmations();
    const input = { methodId: 'otp', data: adaMail };
    expect(await request(test.service, input)).toMatchObject({ subjectId: null });
    expect(await request(test.subject('ada'), input)).toMatchObject({ subjectId: 'ada' });
    expect(await request(test.subject('ada'), { ...input, subjectId: 'ada' })).toMatchObject({
      subjectId: 'ada',
    });
    const foreign = request(test.subject('ada'), { ...input, subjectId: 'bob' });
    await expect(foreign).rejects.toMatchObject(refusal('not_found'));
    const withContext = request(test.subject('ada'), { ...input, context: {} });
    await expect(withContext).rejects.toMatchObject(refusal('forbidden'));
    for (const actor of [
      test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_0' }),
      test.core.context({ kind: 'operator' }),
    ])
      await expect(request(actor, input)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('takes a method by its key or id, if it is active and can do without a factor', async () => {
    const outbox = createOutbox();
    const methods = [otp({ send: outbox.send }), totp(), word(), dummy()];
    await using test = await openTestCore({ methods });
    const { request } = test.core.confirmations();
    for (const methodId of ['word', methodIdOf('word')])
      expect(await request(test.service, { methodId })).toMatchObject({ methodId: methodIdOf('word') });
    const unavailable = [
      request(test.service, { methodId: 'carrier-pigeon' }),
      request(test.service, { methodId: 'mth_00000000000000000000000000' }),
      request(test.service, { methodId: 'totp', subjectId: 'ada' }),
      request(test.service, { methodId: 'otp', subjectId: 'ada' }),
      request({ ...test.service, methodConfigurations: switchedOff('word') }, { methodId: 'word' }),
    ];
    for (const refused of unavailable)
      await expect(refused).rejects.toMatchObject(refusal('method_unavailable'));
    expect(outbox.messages).toEqual([]);
  });

  it('lets no subject choose a method that must be listed: it proves least', async () => {
    await using test = await openTestCore({ methods: [dummy()] });
    const { request } = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'dummy', config: { atOnce: true } });
    for (const input of [{ methodId: 'dummy' }, { factorId }])
      await expect(request(test.subject('ada'), input)).rejects.toMatchObject(refusal('method_unavailable'));
    expect(await request(test.service, { methodId: 'dummy', subjectId: 'ada' })).toMatchObject({
      status: 'new',
    });
  });

  it('takes a factor that is the subject’s own and in force, and no other', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const { request } = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    expect(await request(test.subject('ada'), { factorId })).toMatchObject({
      factorId,
      methodId: methodIdOf('word'),
    });
    const notFound = (subjectId: string, asked: string) =>
      expect(request(test.service, { factorId: asked, subjectId })).rejects.toMatchObject(
        refusal('not_found'),
      );
    await notFound('bob', factorId);
    await expect(request(test.subject('bob'), { factorId })).rejects.toMatchObject(refusal('not_found'));
    await notFound('ada', 'fact_0');
    await notFound('ada', 'fact_00000000000000000000000000');
    const off = { ...test.service, methodConfigurations: switchedOff('word') };
    await expect(request(off, { factorId, subjectId: 'ada' })).rejects.toMatchObject(refusal('not_found'));
    await test.database.sql.query('UPDATE countersign.factor SET is_active = false');
    await notFound('ada', factorId);
    await test.database.sql.query('UPDATE countersign.factor SET is_active = true');
    await removeFactors(test);
    await notFound('ada', factorId);
  });

  it('tells the method its id before anything is stored, and every hook and event the context', async () => {
    const told: Told = [];
    await using test = await openTestCore({ methods: [word(told)] });
    const api = test.core.confirmations();
    const asked = await api.request(test.service, {
      methodId: 'word',
      subjectId: 'ada',
      context: { from: 'asking' },
    });
    const { id } = asked;
    expect(told).toEqual([
      { hook: 'reach', context: { from: 'asking' } },
      { hook: 'confirmsAtOnce', context: { from: 'asking' } },
      { hook: 'issue', context: { from: 'asking' }, id },
    ]);
    told.length = 0;
    await api.confirm(test.service, { id, data: rightWord, context: { from: 'confirming' } });
    expect(told).toEqual([
      { hook: 'verify', context: { from: 'confirming' }, id },
      { hook: 'onDecision confirmed', context: { from: 'confirming' }, id },
    ]);
    await api.use(test.service, { id, subjectId: 'ada', context: { from: 'using' } });
    const { items } = await test.events(test.service, {});
    expect(items.map(({ type, context }) => [type, context])).toEqual([
      ['confirmation.requested', { from: 'asking' }],
      ['confirmation.confirmed', { from: 'confirming' }],
      ['confirmation.used', { from: 'using' }],
    ]);
  });

  it('is confirmed at once where the method says so, with both events and no challenge', async () => {
    const told: Told = [];
    await using test = await openTestCore({ methods: [word(told, { atOnce: true }), dummy()] });
    const api = test.core.confirmations();
    const at = await api.request(test.service, { methodId: 'word', subjectId: 'ada' });
    expect(at).toMatchObject({ status: 'confirmed', isAvailable: true, attemptsLeft: 5, challenge: null });
    expect(told.map(({ hook }) => hook)).toEqual(['reach', 'confirmsAtOnce', 'onDecision confirmed']);
    const factorId = await addFactor(test, { method: 'dummy', config: { atOnce: true } });
    const byFactor = await api.request(test.service, { factorId, subjectId: 'ada', purpose: 'p' });
    expect(byFactor).toMatchObject({ status: 'confirmed', confirmedAt: test.clock.now() });
    const { items } = await test.events(test.service, {});
    expect(items.map(({ about, type, sequence }) => [about.id, type, sequence])).toEqual([
      [at.id, 'confirmation.requested', 1],
      [at.id, 'confirmation.confirmed', 2],
      [byFactor.id, 'confirmation.requested', 1],
      [byFactor.id, 'confirmation.confirmed', 2],
    ]);
    expect(
      await api.use(test.service, { id: byFactor.id, factorId, subjectId: 'ada', purpose: 'p' }),
    ).toMatchObject({
      used: true,
    });
  });

  it('answers the same to the same idempotency key, and sends once; a failed message stays failed', async () => {
    await using test = await openTestCore();
    const first = await requestByMail(test, { idempotencyKey: 'once' });
    expect(await requestByMail(test, { idempotencyKey: 'once' })).toEqual(first);
    expect(test.outbox.messages).toHaveLength(1);
    test.outbox.behaviour = () => Promise.reject(new Error('the carrier is away'));
    for (const turn of [1, 2])
      await expect(requestByMail(test, { idempotencyKey: 'failing' }), `turn ${turn}`).rejects.toMatchObject(
        refusal('delivery_failed'),
      );
    expect(test.outbox.messages).toHaveLength(2);
  });

  it('keeps the limits of messages, per subject and per recipient, and gives nothing away of what is refused', async () => {
    await using test = await openTestCore();
    for (let turn = 0; turn < 10; turn += 1)
      await requestByMail(test, { subjectId: turn % 2 ? 'ada' : undefined });
    await expect(requestByMail(test)).rejects.toMatchObject({ reason: 'rate_limited' });
    const elsewhere = { ...adaMail, address: 'Ada+bank@EXAMPLE.org' };
    await expect(requestByMail(test, { data: elsewhere })).rejects.toMatchObject({ reason: 'rate_limited' });
    const { rows } = await test.database.sql.query('SELECT count(*)::int FROM countersign.confirmation');
    expect(rows).toEqual([{ count: 10 }]);
  });

  it('writes the words of a service into the message, and never those of a browser', async () => {
    await using test = await openTestCore();
    await requestByMail(test, { purpose: 'change \u202email' });
    await test.core.confirmations().request(test.subject('ada'), {
      methodId: 'otp',
      data: { channel: 'email', address: 'victim@example.org' },
      purpose: 'Call +1 900 EVIL',
    });
    const [byService, bySubject] = test.outbox.messages;
    expect(byService?.text).toContain('Confirm: change \\u202email');
    expect(bySubject).toMatchObject({ to: 'victim@example.org' });
    expect(bySubject?.text).not.toContain('EVIL');
  });

  it('binds a proof to purpose, factor, subject and value by its data hash', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const { request } = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const data = { b: 1, a: [null, '€'] };
    await request(test.service, { factorId, subjectId: 'ada', purpose: 'p', data });
    await request(test.service, { methodId: 'word' });
    const { rows } = await test.database.sql.query<{ data_hash: Buffer; value_hash: Buffer | null }>(
      'SELECT data_hash, value_hash FROM countersign.confirmation ORDER BY id',
    );
    const methodId = methodIdOf('word');
    const slug = 'countersign.confirmation';
    expect(rows.map((row) => row.data_hash.toString('base64url'))).toEqual([
      dataHash(slug, { data, factorId, methodId, purpose: 'p', subjectId: 'ada' }),
      dataHash(slug, { data: null, factorId: null, methodId, purpose: null, subjectId: null }),
    ]);
    expect(rows[1]?.value_hash).toBeNull();
  });
});

describe('several registries', () => {
  it('each know their own methods, and none confirms or uses by what it does not have', async () => {
    const told: Told = [];
    await using test = await openTestCore();
    const own = test.core.confirmations();
    const other = test.core.confirmations({ registry: createMethodRegistry([word(told)]) });
    const input = { methodId: 'word', subjectId: 'ada' };
    await expect(own.request(test.service, input)).rejects.toMatchObject(refusal('method_unavailable'));
    const { id } = await other.request(test.service, input);
    const proof = { id, data: rightWord };
    await expect(own.confirm(test.service, proof)).rejects.toMatchObject(refusal('unavailable'));
    expect(await other.confirm(test.service, proof)).toMatchObject({ status: 'confirmed' });
    expect(told.at(-1)).toMatchObject({ hook: 'onDecision confirmed' });
    expect(await own.check(test.service, { id })).toMatchObject({ available: false });
    expect(await other.check(test.service, { id })).toMatchObject({ available: true });
    expect(await own.use(test.service, { id, subjectId: 'ada' })).toEqual({ used: false });
    expect(await other.use(test.service, { id, subjectId: 'ada' })).toMatchObject({ used: true });
  });
});

describe('what is stored and shown of a confirmation', () => {
  it('has no code in it: not in the view, not in a table, not in an event', async () => {
    await using test = await openTestCore();
    const view = await requestByMail(test, { idempotencyKey: 'kept' });
    const { code } = codeOf(test);
    const wrong = await test.core
      .confirmations()
      .confirm(test.service, { id: view.id, data: { code: '98765432' } });
    const right = await test.core.confirmations().confirm(test.service, { id: view.id, data: { code } });
    const { items } = await test.events(test.service, {});
    expect(JSON.stringify([view, wrong, right, items])).not.toMatch(new RegExp(`${code}|98765432`));
    const tables = [
      'confirmation',
      'challenge',
      'event',
      'idempotency_key',
      'subject_security',
      'recipient_security',
    ];
    for (const table of tables) {
      const { rows } = await test.database.sql.query(
        `SELECT FROM countersign.${table} t WHERE t::text LIKE $1 OR t::text LIKE '%98765432%'`,
        [`%${code}%`],
      );
      expect(rows, table).toEqual([]);
    }
  });
});
