import type { TestDatabase } from '../../testing/index.ts';

/**
 * Our own function without one of its guards, for everybody: what the attacks beside it do to that. Its text is
 * taken from the database, so the two differ in nothing else.
 */
export async function createNaive(
  { sql }: TestDatabase,
  name: string,
  without: string | RegExp,
): Promise<string> {
  const { rows } = await sql.query<{ text: string }>(
    "SELECT pg_get_functiondef('countersign.consume'::regproc) AS text",
  );
  const ours = rows[0]?.text ?? '';
  const naive = ours.replaceAll(without, '');
  if (naive === ours) throw new Error(`the function has no ${without.toString()}`);
  await sql.query('CREATE SCHEMA IF NOT EXISTS naive; GRANT USAGE ON SCHEMA naive TO PUBLIC');
  await sql.query(
    naive
      .replace('FUNCTION countersign.consume(', `FUNCTION naive.${name}(`)
      .replaceAll(/\bconsume\./g, `${name}.`),
  );
  return `naive.${name}`;
}
