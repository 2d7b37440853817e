import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { router } from '../../src/router.ts';
import { print, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/webhooks.md');
const program = guide.blocks.join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

it('the procedures of the guide are all there are', () => {
  const procedures = rowsOf(guide, 'procedure').flatMap(([names = []]) => names);
  const ours = Object.keys(router._def.procedures).filter((name) => name.startsWith('webhook.'));
  expect(new Set(procedures)).toEqual(new Set(ours));
});
