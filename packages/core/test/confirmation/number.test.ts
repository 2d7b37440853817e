import { describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { adaMail, addFactor, enrol, requestByMail, word } from './fixtures.ts';

const limits = { confirmationsPerSubjectMax: 7 };

async function numberOf(test: TestCore): Promise<number> {
  const { rows } = await test.database.sql.query('SELECT FROM countersign.confirmation');
  return rows.length;
}

describe('a subject', () => {
  it('cannot leave confirmations without end: of 200 at the same time exactly as many as the limit are made', async () => {
    await using test = await openTestCore({ methods: [word()], limits });
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const ask = () => test.core.confirmations().request(test.subject('ada', 'stolen'), { factorId });
    const asked = await Promise.allSettled(Array.from({ length: 200 }, ask));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    const reasons = asked.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { reason: string }).reason] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['rate_limited']));
    expect(await numberOf(test)).toBe(7);
  });

  it('is told when there is room again, and has it then', async () => {
    await using test = await openTestCore({ methods: [word()], limits });
    const ask = (subjectId = 'ada') =>
      test.core.confirmations().request(test.service, { methodId: 'word', subjectId });
    const first = await ask();
    test.clock.advance(60);
    for (let turn = 1; turn < 7; turn += 1) await ask();
    await expect(ask()).rejects.toMatchObject({
      reason: 'rate_limited',
      details: { retryAt: first.expiresAt },
    });
    expect(await ask('bob')).toMatchObject({ status: 'in_process' });
    test.clock.set(new Date(first.expiresAt.getTime() - 1));
    await expect(ask()).rejects.toMatchObject(refusal('rate_limited'));
    test.clock.set(first.expiresAt);
    expect(await ask()).toMatchObject({ status: 'in_process' });
    await expect(ask()).rejects.toMatchObject(refusal('rate_limited'));
  });

  it('gains nothing by those that it was given or has used', async () => {
    await using test = await openTestCore({ methods: [word([], { atOnce: true })], limits });
    const api = test.core.confirmations();
    const ask = () => api.request(test.service, { methodId: 'word', subjectId: 'ada' });
    for (let turn = 0; turn < 7; turn += 1) {
      const { id } = await ask();
      expect(await api.use(test.service, { id, subjectId: 'ada' })).toMatchObject({ used: true });
    }
    await expect(ask()).rejects.toMatchObject(refusal('rate_limited'));
  });

  it('has one number for its confirmations and its enrolments', async () => {
    await using test = await openTestCore({ limits: { confirmationsPerSubjectMax: 2 } });
    await enrol(test, null);
    await enrol(test, null);
    await expect(enrol(test, null)).rejects.toMatchObject(refusal('rate_limited'));
    expect(await numberOf(test)).toBe(2);
  });

  it('has a hundred, and no message is charged for one that is refused', async () => {
    await using test = await openTestCore();
    await test.database.sql.query(
      `INSERT INTO countersign.subject_security AS s (subject_id, confirming_until)
       VALUES ('ada', array_fill($1::timestamptz, ARRAY[100]))
       ON CONFLICT (subject_id) DO UPDATE SET confirming_until = EXCLUDED.confirming_until`,
      [new Date(test.clock.now().getTime() + 1)],
    );
    const asked = { methodId: 'otp', data: adaMail };
    const refused = test.core.confirmations().request(test.subject('ada'), asked);
    await expect(refused).rejects.toMatchObject(refusal('rate_limited'));
    expect(test.outbox.messages).toEqual([]);
    const { rows } = await test.database.sql.query(
      'SELECT cardinality(sent_at) AS sent, (SELECT count(*)::int FROM countersign.recipient_security) AS recipients FROM countersign.subject_security',
    );
    expect(rows).toEqual([{ sent: 0, recipients: 0 }]);
    test.clock.advance(0.001);
    expect(await requestByMail(test)).toMatchObject({ status: 'in_process' });
  });
});

describe('a session that was silenced', () => {
  async function silence(test: TestCore): Promise<Date> {
    const until = new Date(test.clock.now().getTime() + 600_000);
    await test.database.sql.query(
      `INSERT INTO countersign.subject_security (subject_id, silenced) VALUES ('ada', $1)`,
      [JSON.stringify({ 'stolen-session': until.getTime() })],
    );
    return until;
  }

  it('starts no confirmation, until it may again; any other session does', async () => {
    await using test = await openTestCore({ methods: [word()] });
    const factorId = await addFactor(test, { method: 'word', config: { favourite: 'x' } });
    const until = await silence(test);
    const ask = (sessionId?: string) =>
      test.core.confirmations().request(test.subject('ada', sessionId), { factorId });
    await expect(ask('stolen-session')).rejects.toMatchObject({
      reason: 'rate_limited',
      details: { retryAt: until },
    });
    expect(await numberOf(test)).toBe(0);
    for (const actor of [test.subject('ada', 'her-own'), test.subject('ada'), test.service])
      expect(await test.core.confirmations().request(actor, { factorId, subjectId: 'ada' })).toMatchObject({
        status: 'in_process',
      });
    test.clock.set(until);
    expect(await ask('stolen-session')).toMatchObject({ status: 'in_process' });
  });

  it('begins no enrolment', async () => {
    await using test = await openTestCore();
    await silence(test);
    const stolen = enrol(test, null, test.subject('ada', 'stolen-session'));
    await expect(stolen).rejects.toMatchObject(refusal('rate_limited'));
    expect(await enrol(test, null, test.subject('ada', 'her-own'))).toMatchObject({
      view: { status: 'new' },
    });
  });
});
