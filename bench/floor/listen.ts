import pg from 'pg';

/** Commits one row and wakes whoever listens, in one statement. */
export async function openNotifier(url: string): Promise<(name: string) => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // its server is stopped right after it
  await client.connect();
  await client.query(
    'CREATE SCHEMA floor; CREATE TABLE floor.note (name text, at timestamptz DEFAULT now())',
  );
  const text = /* sql */ `WITH noted AS (INSERT INTO floor.note (name) VALUES ($1) RETURNING name)
    SELECT pg_notify('note', name) FROM noted`;
  return async (name) => void (await client.query({ name: 'floor_note', text, values: [name] }));
}

/** The shortest way from a commit to another process that PostgreSQL has. */
export async function listen(url: string, heard: (name: string) => void): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  client.on('notification', ({ payload }) => heard(payload ?? ''));
  await client.connect();
  await client.query('LISTEN note');
  return () => client.end();
}
