import { expect, it } from 'vitest';
import { reserveAttempt } from '../../src/confirmation/statement/reserve.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { adaMail, requestByMail, wrongCode } from '../confirmation/fixtures.ts';
import { withoutCondition } from '../planted/without-condition.ts';

/** Eight confirmations, five guesses at each, all at once. */
async function guessed(test: TestCore): Promise<number> {
  const api = test.core.confirmations();
  const asked = await Promise.all(Array.from({ length: 8 }, () => requestByMail(test, { data: adaMail })));
  const data = wrongCode(test);
  const guesses = asked.flatMap(({ id }) =>
    Array.from({ length: 5 }, () => api.confirm(test.service, { id, data })),
  );
  const answers = await Promise.allSettled(guesses);
  return answers.filter(({ status }) => status === 'fulfilled').length;
}

const limits = { consecutiveWrongFree: 500, consecutiveWrongMax: 500 };

it('forty guesses over eight confirmations are judged twenty times (bug 44)', async () => {
  await using test = await openTestCore({ limits });
  expect(await guessed(test)).toBe(20);
});

it('the naive limit that a new confirmation refills judges all of them (bug 44)', async () => {
  await using test = await openTestCore({ limits });
  const judged = await withoutCondition(
    [reserveAttempt],
    /AND NOT \(cardinality\(s\.charged_at\).*?\) >= \$\d+::int\)/,
    () => '',
    () => guessed(test),
  );
  expect(judged).toBe(40);
});
