import { errorReasons } from '@countersign/core';
import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { print, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/guard.md');
const program = guide.blocks.join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

it('every refusal of the guide is a reason of the contract', () => {
  const reasons = rowsOf(guide, 'reason').map(([[reason = ''] = []]) => reason);
  expect(reasons.length).toBeGreaterThan(6);
  expect(reasons.filter((reason) => !errorReasons.includes(reason as never))).toEqual([]);
});
