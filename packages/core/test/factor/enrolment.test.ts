import { describe, expect, it } from 'vitest';
import { parseId } from '../../src/id.ts';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { ada, openFactorCore, recovers, refusedRequest, vouchedOtp } from './people.ts';

function begin(test: TestCore, address: string, subjectId = 'ada') {
  const config = { channel: 'email', address } as const;
  return test.core.factors.create(test.service, { subjectId, methodId: 'otp', config });
}

function confirm(test: TestCore, { factor, confirmation }: Awaited<ReturnType<typeof begin>>, code: string) {
  return test.core.factors.confirm(ada(test), {
    id: factor.id,
    confirmationId: confirmation!.id,
    data: { code },
  });
}

it('an enrolment is confirmed once: replayed, it registers nothing (bug 20)', async () => {
  await using test = await openFactorCore();
  const begun = await begin(test, 'ada@example.org');
  const code = test.outbox.codeFor('ada@example.org');
  const calls = await Promise.allSettled(Array.from({ length: 50 }, () => confirm(test, begun, code)));
  const confirmed = calls.filter(({ status }) => status === 'fulfilled');
  expect(confirmed.length).toBeGreaterThan(0);
  await expect(confirm(test, begun, code)).rejects.toMatchObject(refusal('already_confirmed'));
  const { items } = await test.events(test.service, { subjectId: 'ada', types: ['factor.confirmed'] });
  expect(items).toHaveLength(1);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('the confirmation of an earlier beginning does not confirm a later one', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const change = (address: string) =>
    test.core.factors.update(test.service, { id: factor.id, config: { channel: 'email', address } });
  const own = await change('own@example.org');
  const code = test.outbox.codeFor('own@example.org');
  await change('mallory@example.org');
  await expect(confirm(test, own, code)).rejects.toMatchObject(refusal('unavailable'));
  expect(await test.core.factors.list(ada(test))).toMatchObject([{ hint: 'a•••@example.org' }]);
});

it('an enrolment that is begun anew is confirmed by its own code alone', async () => {
  await using test = await openFactorCore();
  const first = await begin(test, 'typo@example.org');
  const again = await test.core.factors.update(test.service, {
    id: first.factor.id,
    config: { channel: 'email', address: 'ada@example.org' },
  });
  expect(again.factor).toMatchObject({ id: first.factor.id, status: 'in_process', hint: 'a•••@example.org' });
  const old = test.outbox.codeFor('typo@example.org');
  await expect(confirm(test, first, old)).rejects.toMatchObject(refusal('unavailable'));
  expect(await confirm(test, again, test.outbox.codeFor('ada@example.org'))).toMatchObject({
    status: 'confirmed',
    hint: 'a•••@example.org',
  });
});

it('a confirmation that is repeated with its idempotency key is answered again', async () => {
  await using test = await openFactorCore();
  const { factor, confirmation } = await begin(test, 'ada@example.org');
  const data = { code: test.outbox.codeFor('ada@example.org') };
  const call = () =>
    test.core.factors.confirm(ada(test), {
      id: factor.id,
      confirmationId: confirmation!.id,
      data,
      idempotencyKey: 'k1',
    });
  const answers = await Promise.all(Array.from({ length: 20 }, call));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ status: 'confirmed' });
});

it('the confirmation of one factor confirms no other', async () => {
  await using test = await openFactorCore();
  const [own, other] = [await begin(test, 'ada@example.org'), await begin(test, 'mallory@example.org')];
  await expect(
    test.core.factors.confirm(ada(test), {
      id: other.factor.id,
      confirmationId: own.confirmation!.id,
      data: { code: test.outbox.codeFor('ada@example.org') },
    }),
  ).rejects.toMatchObject(refusal('not_found'));
});

it('a wrong code costs an attempt, and after the last one the right code is refused', async () => {
  await using test = await openFactorCore();
  const begun = await begin(test, 'ada@example.org');
  const right = test.outbox.codeFor('ada@example.org');
  const wrong = right === '00000000' ? '11111111' : '00000000';
  for (let attempt = 0; attempt < 4; attempt += 1)
    expect(await confirm(test, begun, wrong)).toMatchObject({ status: 'in_process' });
  const { rows } = await test.database.sql.query<{ charged: number }>(
    `SELECT cardinality(charged_at) AS charged FROM countersign.subject_security WHERE subject_id = 'ada'`,
  );
  expect(rows).toEqual([{ charged: 4 }]);
  await confirm(test, begun, wrong);
  await expect(confirm(test, begun, right)).rejects.toMatchObject(refusal('attempts_exhausted'));
  expect(await test.core.factors.list(ada(test))).toMatchObject([{ status: 'in_process' }]);
});

it('judges five of 100 parallel wrong codes', async () => {
  await using test = await openFactorCore();
  const begun = await begin(test, 'ada@example.org');
  const right = test.outbox.codeFor('ada@example.org');
  const wrong = right === '00000000' ? '11111111' : '00000000';
  const calls = await Promise.allSettled(Array.from({ length: 100 }, () => confirm(test, begun, wrong)));
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

it('a code of the wrong shape costs nothing', async () => {
  await using test = await openFactorCore();
  const begun = await begin(test, 'ada@example.org');
  await expect(confirm(test, begun, 'x')).rejects.toMatchObject({
    reason: 'invalid_input',
    details: { issues: [{ path: ['data', 'code'] }] },
  });
  await expect(confirm(test, begun, test.outbox.codeFor('ada@example.org'))).resolves.toMatchObject({
    status: 'confirmed',
  });
});

it('an enrolment that nobody confirmed in time is over', async () => {
  await using test = await openFactorCore();
  const begun = await begin(test, 'ada@example.org');
  test.clock.advance(601);
  await expect(confirm(test, begun, test.outbox.codeFor('ada@example.org'))).rejects.toMatchObject(
    refusal('expired'),
  );
});

it('an enrolled authenticator app is proven by its own code, which is then over', async () => {
  await using test = await openFactorCore();
  const { TOTP } = await import('otpauth');
  const begun = await test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'totp' });
  const { secret } = begun.setup as { secret: string };
  const code = new TOTP({ secret, algorithm: 'SHA1' }).generate({ timestamp: test.clock.now().getTime() });
  expect(await confirm(test, begun, code)).toMatchObject({ status: 'confirmed' });
  const { id } = await test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId: 'ada' });
  const { granted } = await test.core.authorizationRequest.grant(test.service, {
    id,
    proof: { method: 'totp', code },
  });
  expect(granted).toBe(false);
});

it('new recovery codes replace the old ones at once, all of them', async () => {
  await using test = await openFactorCore();
  const { factor, setup } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'recovery-code',
  });
  const [old] = (setup as { codes: string[] }).codes;
  const renewed = await test.core.factors.update(test.service, { id: factor.id, config: {} });
  expect(renewed).not.toHaveProperty('confirmation');
  const { codes } = renewed.setup as { codes: string[] };
  expect(await recovers(test, 'ada', old)).toBe(false);
  expect(await recovers(test, 'ada', codes[0])).toBe(true);
  expect(await recovers(test, 'ada', codes[0])).toBe(false);
});

it('of new recovery codes and the use of an old one at the same moment, only the new ones are left', async () => {
  await using test = await openFactorCore();
  for (const subjectId of ['ada', 'grace', 'hedy', 'joan']) {
    const { factor, setup } = await test.core.factors.create(test.service, {
      subjectId,
      methodId: 'recovery-code',
    });
    const { codes: old } = setup as { codes: string[] };
    const [used, renewed] = await Promise.all([
      recovers(test, subjectId, old[0]),
      test.core.factors.update(test.service, { id: factor.id, config: {} }),
    ]);
    expect(typeof used).toBe('boolean');
    const { codes } = renewed.setup as { codes: string[] };
    expect(await recovers(test, subjectId, old[1])).toBe(false);
    expect(await recovers(test, subjectId, codes[0])).toBe(true);
  }
});

describe('a second set of recovery codes', () => {
  async function create(test: TestCore, context = test.service) {
    const whose = context === test.service ? { subjectId: 'ada' } : {};
    const { factor, setup } = await test.core.factors.create(context, {
      ...whose,
      methodId: 'recovery-code',
    });
    return { factor, codes: (setup as { codes: string[] }).codes };
  }

  it('takes the place of the first one, which proves nothing more, in one transaction', async () => {
    await using test = await openFactorCore();
    const first = await create(test);
    await test.database.sql.query(
      'ALTER TABLE countersign.factor ADD CONSTRAINT kept CHECK (removed_at IS NULL) NOT VALID',
    );
    await expect(create(test)).rejects.toThrow('kept');
    expect(await recovers(test, 'ada', first.codes[0])).toBe(true);
    await test.database.sql.query('ALTER TABLE countersign.factor DROP CONSTRAINT kept');
    const second = await create(test);
    expect(await recovers(test, 'ada', first.codes[1])).toBe(false);
    expect(await recovers(test, 'ada', second.codes[0])).toBe(true);
    expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
      { id: second.factor.id, isDefault: true },
    ]);
    const { rows } = await test.database.sql.query<{ xids: string }>(
      `SELECT count(DISTINCT txid)::text AS xids FROM countersign.event
       WHERE type = 'factor.removed' OR (type = 'factor.created' AND about_id = $1)`,
      [parseId('factor', second.factor.id)],
    );
    expect(rows).toEqual([{ xids: '1' }]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('ends what the first one has approved and nobody has executed', async () => {
    await using test = await openFactorCore();
    const { codes } = await create(test);
    const values = { slug: 'recover', subjectId: 'ada', data: null };
    const { id } = await test.core.authorizationRequest.create(test.service, values);
    const proof = { method: 'recovery-code', code: codes[0] };
    await test.core.authorizationRequest.grant(test.service, { id, proof });
    await create(test);
    await expect(
      test.core.authorizationRequest.consume(test.service, { ...values, id }),
    ).rejects.toMatchObject(refusal('execution_window_passed'));
  });

  it('is authorized by a code of the first one, and then that one is over', async () => {
    await using test = await openFactorCore();
    const first = await create(test);
    const { id } = await refusedRequest(create(test, ada(test)));
    const proof = { method: 'recovery-code', code: first.codes[0] };
    await test.core.authorizationRequest.grant(ada(test), { id, proof });
    const second = await create(test, ada(test));
    expect(await recovers(test, 'ada', first.codes[1])).toBe(false);
    expect(await recovers(test, 'ada', second.codes[0])).toBe(true);
  });

  it('of several at the same moment one is left', async () => {
    await using test = await openFactorCore();
    await Promise.all(Array.from({ length: 4 }, () => create(test)));
    expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toHaveLength(1);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });
});
