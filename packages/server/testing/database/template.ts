import { openCore } from '@countersign/core';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { countersignVersion } from '../../src/cli/version.ts';
import { databaseUrl } from './database-url.ts';

/** Of this version: a PostgreSQL that is kept can serve the tests of several. */
const template = `countersign_test_template_${countersignVersion().replaceAll(/[^0-9a-z]/g, '_')}`;

const upToDate = new Map<string, Promise<string>>();

/**
 * The database that others are cloned from, with our schema in it; made or brought up to date once per process. To be
 * called under the lock of {@link templateLock}, because nobody may be connected to what is cloned.
 */
export async function migratedTemplate(client: pg.Client, server: string): Promise<string> {
  const made = upToDate.get(server) ?? makeTemplate(client, server);
  upToDate.set(server, made);
  try {
    return await made;
  } catch (error) {
    upToDate.delete(server);
    throw error;
  }
}

/** Of an advisory lock in the database that the server's URL names. */
export const templateLock = 7_261_943_101;

async function makeTemplate(client: pg.Client, server: string): Promise<string> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (!rowCount) await client.query(`CREATE DATABASE ${template}`);
  const secret = randomBytes(32).toString('base64');
  const core = await openCore({
    database: databaseUrl(server, template),
    secret,
    methods: [],
    sweep: false,
    listen: false,
  });
  await core.close();
  return template;
}
