import { expect, it } from 'vitest';
import { reserveEnrolment } from '../../src/confirmation/statement/reserve.ts';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { ask, enrolEmail, enrolTotp, openWithFactors } from '../by-factor/enrolled.ts';
import { wrongCode } from '../confirmation/fixtures.ts';
import { refusal } from '../fixtures.ts';
import { refusedRequest } from '../factor/people.ts';
import { withoutCondition } from '../planted/without-condition.ts';

const fiveTimes = async (guess: () => Promise<unknown>) => {
  for (let time = 0; time < 5; time += 1) await guess();
};

async function beginEnrolment({ core, service }: TestCore) {
  const config = { channel: 'email', address: 'new@example.org' };
  const { factor, confirmation } = await core.factors.create(service, {
    subjectId: 'ada',
    methodId: 'otp',
    config,
  });
  return (code: string) =>
    core.factors.confirm(service, {
      id: factor.id,
      confirmationId: confirmation?.id ?? '',
      data: { code },
    });
}

/** The day's cap, as it stands in a reservation. */
const dayCap = /AND NOT \(cardinality\(s\.charged_at\).*?\) >= \$\d+::int\)/;

it('twenty wrong proofs are twenty wherever they are given, and what they lock is locked on every path (bug 13)', async () => {
  const limits = { consecutiveWrongFree: 500, consecutiveWrongMax: 500 };
  await using test = await openWithFactors({ limits });
  const { core, service } = test;
  const api = core.authorizationRequest;
  const [app] = [await enrolTotp(test), await enrolEmail(test, 'ada@example.org')];
  const session = test.subject('ada', 's1');
  const change = () => core.factors.update(session, { id: app.factorId, title: 'Phone' });
  const managing = await refusedRequest(change());
  const confirmation = await core.confirmations().request(service, {
    factorId: app.factorId,
    subjectId: 'ada',
    purpose: 'sign-in',
  });
  const confirm = (data: { code: string }) =>
    core.confirmations().confirm(session, { id: confirmation.id, data });
  const enrol = await beginEnrolment(test);
  const [granted, checked, open] = [await ask(test), await ask(test), await ask(test)];

  await fiveTimes(() => api.grant(service, { id: granted.id, proof: app.wrong() }));
  await fiveTimes(() => api.check(service, { id: checked.id, proof: app.wrong() }));
  await fiveTimes(() => confirm({ code: app.wrong().code }));
  await fiveTimes(() => enrol(wrongCode(test).code));

  const another = await core.confirmations().request(service, {
    factorId: app.factorId,
    subjectId: 'ada',
    purpose: 'sign-in',
  });
  const right = app.proof();
  const paths = [
    () => api.grant(service, { id: open.id, proof: right }),
    () => api.check(session, { id: open.id, proof: right }),
    () => api.grant(session, { id: managing.id, proof: right }),
    () => core.confirmations().confirm(session, { id: another.id, data: { code: right.code } }),
    async () => (await beginEnrolment(test))(test.outbox.codeFor('new@example.org')),
  ];
  for (const path of paths) await expect(path()).rejects.toMatchObject(refusal('subject_locked'));
  await refusedRequest(change());
  expect(await findViolations(test.database.sql, { now: test.clock.now(), limits })).toEqual([]);

  const sidePath = async () => (await beginEnrolment(test))(test.outbox.codeFor('new@example.org'));
  const taken = await withoutCondition([reserveEnrolment], dayCap, () => '', sidePath);
  expect(taken, 'by a path that does not ask').toMatchObject({ status: 'confirmed' });
});
