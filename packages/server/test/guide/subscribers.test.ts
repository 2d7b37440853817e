import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { router } from '../../src/router.ts';
import { print, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/subscribers.md');
const program = guide.blocks.join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

it('every procedure of the guide is there', () => {
  const procedures = rowsOf(guide, 'procedure').map(([[procedure = ''] = []]) => procedure);
  expect(procedures).toHaveLength(4);
  for (const name of procedures) expect(Object.keys(router._def.procedures)).toContain(name);
});
