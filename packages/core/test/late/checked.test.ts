import { expect, it } from 'vitest';
import { ask, askFactor } from './fixtures.ts';
import { openLateCore, refusedAs, right, type LateCore } from './overtaken.ts';

/** Two requests that were checked a moment less than a minute ago: by a word, and by a factor. */
async function checkedAlmostAMinuteAgo(test: LateCore) {
  const [byWord, byCard] = [await ask(test, 'ada'), await askFactor(test, 'bob')];
  const api = test.core.authorizationRequest;
  await api.check(test.service, { id: byWord, proof: { method: 'word', ...right } });
  await api.check(test.service, { id: byCard, proof: { method: 'card', ...right } });
  test.clock.advance(59.9);
  return [byWord, byCard];
}

const required = refusedAs('proof_required');

async function noneIsGranted(test: LateCore): Promise<void> {
  const { rows } = await test.database.sql.query(
    `SELECT FROM countersign.authorization_request WHERE state <> 'waiting'`,
  );
  expect(rows).toEqual([]);
}

it('the minute after a right check ends while a grant by it waits for its row, though who had that rolled back', async () => {
  await using test = await openLateCore();
  const ids = await checkedAlmostAMinuteAgo(test);
  const api = test.core.authorizationRequest;
  const grants = ids.map((id) => () => api.grant(test.service, { id }));
  expect(await test.overtaken('authorization_request', grants)).toMatchObject([required, required]);
  await noneIsGranted(test);
});

it('the minute after a right check ends while a grant by it waits for the factor', async () => {
  await using test = await openLateCore();
  const [, id = ''] = await checkedAlmostAMinuteAgo(test);
  const grant = () => test.core.authorizationRequest.grant(test.service, { id });
  expect(await test.overtaken('factor', [grant])).toMatchObject([required]);
  await noneIsGranted(test);
});

it('the minute after a right check ends while its very proof is presented once more: it is a proof like any other', async () => {
  await using test = await openLateCore();
  const [, id = ''] = await checkedAlmostAMinuteAgo(test);
  const again = { id, proof: { method: 'card', ...right } };
  const grant = () => test.core.authorizationRequest.grant(test.service, again);
  // What the factor has shown once it does not show again.
  expect(await test.overtaken('authorization_request', [grant])).toMatchObject([
    { status: 'fulfilled', value: { granted: false, attemptsLeft: 4 } },
  ]);
  await noneIsGranted(test);
});
