import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Statement } from '../../src/database/statement.ts';

/** What ends a thing, or writes down that it has ended: late is no harm. */
const endsThings = [
  'countersign_confirmation_expire',
  'countersign_request_close_grants',
  'countersign_request_exhaust',
  'countersign_request_expire',
  'countersign_scoped_token_revoke',
  'countersign_scoped_token_revoke_delegate',
  'countersign_scoped_token_revoke_paid_by',
  'countersign_scoped_token_revoke_session',
  'countersign_scoped_token_revoke_subject',
];

type AnyStatement = Statement<Record<string, unknown>, unknown>;

async function statements(): Promise<AnyStatement[]> {
  const files = globSync('../../src/**/statement/*.ts', { cwd: import.meta.dirname });
  const modules = await Promise.all(
    files.map((file): Promise<Record<string, unknown>> => import(new URL(file, import.meta.url).href)),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isStatement);
}

function isStatement(value: unknown): value is AnyStatement {
  return typeof value === 'object' && value !== null && 'text' in value && 'parameters' in value;
}

it('every statement that writes only before an end compares with when it was sent, and what it has waited for since', async () => {
  const all = await statements();
  const bound = all.filter(
    ({ text }) => /\b(UPDATE|INSERT INTO) /.test(text) && /\b(expires_at|execute_before) > /.test(text),
  );
  const careless = bound.filter(({ text, parameters }) => {
    const sentAt = `$${parameters.indexOf('sentAt') + 1}::timestamptz`;
    return !text.includes(`> ${sentAt} + greatest(clock_timestamp() - statement_timestamp()`);
  });
  expect(bound.length).toBeGreaterThan(25);
  expect(careless.map(({ name }) => name).toSorted()).toEqual(endsThings);
});
