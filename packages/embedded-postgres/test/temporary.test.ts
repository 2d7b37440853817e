import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startTemporaryPostgres } from '../src/index.ts';
import { ends } from './support/process-state.ts';
import { query } from './support/query.ts';
import { startOwner, started } from './support/start-owner.ts';

it('a temporary database is gone after stop, with its directory', async () => {
  const postgres = await startTemporaryPostgres();
  expect(await query(postgres.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
  expect(await ends(postgres.pid)).toBe(true);
  expect(existsSync(postgres.directory)).toBe(false);
});

it('what killed runs left is cleared away by the next temporary start, what lives is left alone', async () => {
  const killed = await startOwner({});
  const living = await startOwner({});
  await killed.kill();

  await using _next = await startTemporaryPostgres();

  expect(await ends(started(killed).pid)).toBe(true);
  expect(existsSync(started(killed).directory)).toBe(false);
  expect(await query(started(living).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await living.stop();
});
