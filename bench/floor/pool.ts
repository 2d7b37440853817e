import pg from 'pg';

/** Where a floor runs its statements: `pg` as it is, each statement prepared once per connection under its name. */
export interface FloorPool {
  run<Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export async function openFloorPool(url: string, schema: string): Promise<FloorPool> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // Its server is stopped right after it: a socket that closes late is no error here.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  await pool.query(schema);
  return {
    async run<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      return (await pool.query<Row>({ name, text, values: [...values] })).rows;
    },
    close: () => pool.end(),
  };
}
