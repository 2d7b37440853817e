import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
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
} from './fixtures.ts';

/** Confirmed: for Ada, a purpose, and a value. */
async function confirmed(test: TestCore) {
  const { id } = await requestByMail(test);
  await test.core.confirmations().confirm(test.service, { id, data: codeOf(test) });
  return { id, purpose: 'change-email', subjectId: 'ada', data: adaMail };
}

describe('use', () => {
  it('works once and gives the record back, which is kept', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const right = await confirmed(test);
    const { used, confirmation } = await api.use(test.service, right);
    expect(used).toBe(true);
    expect(confirmation).toMatchObject({
      ...right,
      status: 'used',
      isAvailable: false,
      usedAt: test.clock.now(),
    });
    expect(await api.use(test.service, right)).toEqual({ used: false });
    const { rows } = await test.database.sql.query('SELECT state, data FROM countersign.confirmation');
    expect(rows).toEqual([{ state: 'used', data: adaMail }]);
    await expect(test.database.sql.query('DELETE FROM countersign.confirmation')).rejects.toThrow('is kept');
    const { items } = await test.events(test.service, { types: ['confirmation.used'] });
    expect(items).toMatchObject([
      { about: { id: right.id }, sequence: 3, data: { purpose: 'change-email' } },
    ]);
  });

  it('never serves another purpose, subject, factor or value, nor one that was left out', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const right = await confirmed(test);
    const attempts: object[] = [
      { purpose: 'sign-in' },
      { purpose: undefined },
      { subjectId: 'bob' },
      { subjectId: undefined },
      { factorId: 'fact_00000000000000000000000000' },
      { factorId: 'fact_0' },
      { data: { ...adaMail, address: 'eve@example.org' } },
      { data: { ...adaMail, more: 1 } },
      { data: undefined },
      { data: null },
      { data: { nothing: undefined } },
      { id: 'conf_00000000000000000000000000' },
      { id: 'conf_0' },
    ];
    for (const changes of attempts)
      expect(await api.use(test.service, { ...right, ...changes }), JSON.stringify(changes)).toEqual({
        used: false,
      });
    expect(await api.use(test.service, right)).toMatchObject({ used: true });
  });

  it('never takes one that has no purpose, subject, factor or value for one that was named', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })] });
    const api = test.core.confirmations();
    const { id } = await api.request(test.service, { methodId: 'word' });
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    for (const named of [
      { purpose: 'p' },
      { subjectId: 'ada' },
      { factorId },
      { data: 1 },
      { data: '' },
      { data: false },
    ])
      expect(await api.use(test.service, { id, ...named }), JSON.stringify(named)).toEqual({ used: false });
    expect(await api.use(test.service, { id, data: null })).toMatchObject({ used: true });
  });

  it('is for the service alone', async () => {
    await using test = await openTestCore();
    const right = await confirmed(test);
    for (const actor of [
      test.subject('ada'),
      test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_0' }),
      test.core.context({ kind: 'operator' }),
    ])
      await expect(test.core.confirmations().use(actor, right)).rejects.toMatchObject(refusal('forbidden'));
  });

  it('does not work before it is confirmed, nor from its expiry on, with no job running', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const { id, expiresAt } = await requestByMail(test);
    const right = { id, purpose: 'change-email', subjectId: 'ada', data: adaMail };
    expect(await api.use(test.service, right)).toEqual({ used: false });
    await api.confirm(test.service, { id, data: codeOf(test) });
    test.clock.set(expiresAt);
    expect(await api.use(test.service, right)).toEqual({ used: false });
    test.clock.advance(-0.001);
    expect(await api.use(test.service, right)).toMatchObject({ used: true });
  });

  it('does not work once its factor is gone or its method switched off', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const right = {
      id: (await api.request(test.service, { factorId, subjectId: 'ada' })).id,
      factorId,
      subjectId: 'ada',
    };
    const off = { ...test.service, methodConfigurations: switchedOff('word') };
    expect(await api.use(off, right)).toEqual({ used: false });
    await test.database.sql.query('UPDATE countersign.factor SET is_active = false');
    expect(await api.use(test.service, right)).toEqual({ used: false });
    await test.database.sql.query('UPDATE countersign.factor SET is_active = true');
    await removeFactors(test);
    expect(await api.use(test.service, right)).toEqual({ used: false });
  });

  it('waits for a revocation that came first, and then does not work', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const { id } = await api.request(test.service, { factorId, subjectId: 'ada' });
    const revoking = await test.database.sql.connect();
    await revoking.query('BEGIN');
    await revoking.query('UPDATE countersign.factor SET removed_at = now(), config = NULL');
    const using = api.use(test.service, { id, factorId, subjectId: 'ada' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await revoking.query('COMMIT');
    revoking.release();
    expect(await using).toEqual({ used: false });
  });

  it('commits with the host’s own write or not at all', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const right = await confirmed(test);
    const client = new pg.Client({ connectionString: test.database.url });
    await client.connect();
    for (const end of ['ROLLBACK', 'COMMIT', 'COMMIT']) {
      await client.query('BEGIN');
      const { used } = await api.use(test.service, right, { tx: client });
      await client.query(end);
      expect([end, used]).toEqual([end, (await api.check(test.service, { id: right.id })).available || used]);
    }
    const { rows } = await test.database.sql.query('SELECT state, sequence FROM countersign.confirmation');
    expect(rows).toEqual([{ state: 'used', sequence: 3 }]);
    await expect(api.use(test.service, right, { tx: client })).rejects.toMatchObject(
      refusal('transaction_required'),
    );
    await client.end();
  });

  it('answers the same to the same idempotency key', async () => {
    await using test = await openTestCore();
    const right = { ...(await confirmed(test)), idempotencyKey: 'once' };
    const first = await test.core.confirmations().use(test.service, right);
    expect(first).toMatchObject({ used: true });
    expect(await test.core.confirmations().use(test.service, right)).toEqual(first);
  });
});

describe('a changed e-mail address', () => {
  it('is confirmed by who reads there: asked for by the person, used by the host for that address alone', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const ada = test.subject('ada', 'her browser');
    const data = { channel: 'email', address: 'Ada@New.Example.org' };
    const asked = await api.request(ada, { methodId: 'otp', purpose: 'change-email', data });
    expect(test.outbox.messages.map(({ to }) => to)).toEqual(['Ada@new.example.org']);
    const answered = await api.confirm(ada, { id: asked.id, data: codeOf(test, 'Ada@new.example.org') });
    expect(answered).toMatchObject({ status: 'confirmed', data });
    const use = (changes: object) =>
      api.use(test.service, { id: asked.id, purpose: 'change-email', subjectId: 'ada', data, ...changes });
    expect(await use({ data: undefined })).toEqual({ used: false });
    expect(await use({ data: { ...data, address: 'eve@example.org' } })).toEqual({ used: false });
    expect(await use({})).toMatchObject({ used: true, confirmation: { data } });
  });

  it('says nothing of who somebody is: a code to an address that a browser named signs nobody in', async () => {
    await using test = await openTestCore();
    const api = test.core.confirmations();
    const eve = test.subject('ada', 'stolen');
    const data = { channel: 'email', address: 'eve@example.org' };
    const { id } = await api.request(eve, { methodId: 'otp', purpose: 'sign-in', data });
    await api.confirm(eve, { id, data: codeOf(test, 'eve@example.org') });
    expect(await api.use(test.service, { id, purpose: 'sign-in', subjectId: 'ada' })).toEqual({
      used: false,
    });
  });
});

describe('signing in with a second factor', () => {
  it('asks for one factor and lets the host make its session by that one alone, once', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const api = test.core.confirmations();
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const other = await addFactor(test, { method: 'word', config: { favourite: 'y' } });
    const signIn = { subjectId: 'ada', purpose: 'sign-in', factorId };
    const { id } = await api.request(test.service, signIn);
    await api.confirm(test.service, { id, data: rightWord });
    expect(await api.use(test.service, { id, ...signIn, factorId: other })).toEqual({ used: false });
    expect(await api.use(test.service, { id, ...signIn, factorId: undefined })).toEqual({ used: false });
    expect(await api.use(test.service, { id, ...signIn, subjectId: 'bob' })).toEqual({ used: false });
    expect(await api.use(test.service, { id, ...signIn })).toMatchObject({ used: true });
    expect(await api.use(test.service, { id, ...signIn })).toEqual({ used: false });
  });
});
