import { expect } from 'vitest';
import { addFactor } from '../confirmation/fixtures.ts';
import type { LateCore } from './overtaken.ts';

/** A request of five minutes that is to be proven by one method. */
export async function ask(test: LateCore, subjectId: string, method: 'word' | 'card' = 'word') {
  const { id } = await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId,
    title: 'Transfer money',
    methods: [method],
  });
  return id;
}

/** The same, by a factor of the subject. */
export async function askFactor(test: LateCore, subjectId: string) {
  await addFactor(test, { method: 'card', subjectId });
  return await ask(test, subjectId, 'card');
}

export async function rowsOf(test: LateCore) {
  const { rows } = await test.database.sql.query<Record<string, unknown>>(
    'SELECT state, generation, attempts_left, attempts_open FROM countersign.authorization_request ORDER BY id',
  );
  return rows;
}

export const asBefore = { state: 'waiting', generation: 1, attempts_left: 5, attempts_open: 0 };

export async function nothingIsProven(test: LateCore): Promise<void> {
  const { rows } = await test.database.sql.query(
    `SELECT (SELECT count(*)::int FROM countersign.proof) AS proofs, (SELECT count(*)::int FROM countersign.factor_mark) AS marks,
       (SELECT count(*)::int FROM countersign.factor WHERE last_used_at IS NOT NULL) AS used`,
  );
  expect(rows).toEqual([{ proofs: 0, marks: 0, used: 0 }]);
}
