import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type pg from 'pg';

const derive = promisify<string, string, number, Buffer>(scrypt);
const hashOf = async (code: string): Promise<string> => (await derive(code, 'salt', 32)).toString('hex');

/** Bug 2: the list is read, a code is hashed and compared, the list is written: each in a step of its own. */
export async function recoveryCodeList(sql: pg.Pool, codes: readonly string[]) {
  await sql.query('CREATE SCHEMA naive; CREATE TABLE naive.recovery (hashes text[] NOT NULL)');
  await sql.query('INSERT INTO naive.recovery VALUES ($1)', [await Promise.all(codes.map(hashOf))]);
  const readHashes = async (): Promise<string[]> =>
    (await sql.query<{ hashes: string[] }>('SELECT hashes FROM naive.recovery')).rows[0]?.hashes ?? [];
  // Connections that are open already, as those of a server that runs.
  await Promise.all(Array.from({ length: 20 }, readHashes));
  return async (code: string): Promise<boolean> => {
    const hashes = await readHashes();
    const given = await hashOf(code);
    if (!hashes.includes(given)) return false;
    await sql.query('UPDATE naive.recovery SET hashes = $1', [hashes.filter((hash) => hash !== given)]);
    return true;
  };
}
