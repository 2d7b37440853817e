import pg from 'pg';
import { expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { openFactorCore, vouchedOtp } from '../factor/people.ts';
import { adaMail, codeOf, requestByMail, wrongCode } from './fixtures.ts';

/** The names of what one call sends to PostgreSQL, without what a process asks again and again. */
async function statementsOf(run: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const background = ['countersign_log_new', 'countersign_method_configuration_read'];
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const { name = '' } = input[0] as { name?: string };
    if (!background.includes(name)) sent.push(name.replace('countersign_confirmation_', ''));
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    await run();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  return sent;
}

it('a confirmation costs request 1, confirm 3, check 1, use 1', async () => {
  await using test = await openTestCore();
  const api = test.core.confirmations();
  await requestByMail(test, { subjectId: 'warm' });
  let id = '';
  expect(await statementsOf(async () => (id = (await requestByMail(test)).id))).toEqual(['insert']);
  const wrong = () => api.confirm(test.service, { id, data: wrongCode(test) });
  expect(await statementsOf(wrong)).toEqual(['read', 'reserve', 'wrong']);
  const right = () => api.confirm(test.service, { id, data: codeOf(test) });
  expect(await statementsOf(right)).toEqual(['read', 'reserve', 'confirm']);
  expect(await statementsOf(() => api.check(test.service, { id }))).toEqual(['read']);
  const use = () => api.use(test.service, { id, purpose: 'change-email', subjectId: 'ada', data: adaMail });
  expect(await statementsOf(use)).toEqual(['use']);
});

it('a right code that went to an address which was replaced since is judged once, and not forty times', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const api = test.core.confirmations();
  const { id } = await api.request(test.service, { subjectId: 'ada', factorId: factor.id });
  const data = { code: test.outbox.codeFor('ada@example.org') };
  await test.database.sql.query('UPDATE countersign.factor SET renewals = renewals + 1');
  const late = () => api.confirm(test.service, { id, data });
  expect(await statementsOf(late)).toEqual(['read', 'reserve', 'confirm_by_factor', 'read', 'wrong']);
  expect(await api.check(test.service, { id })).toMatchObject({ available: false });
});
