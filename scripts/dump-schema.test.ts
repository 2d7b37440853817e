import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { openDatabase } from '../packages/core/src/database/orm.ts';
import { silentLogger } from '../packages/core/src/runtime.ts';
import { readSchema } from './dump-schema.ts';

it(
  'schema.sql leaves nothing out: a database made from it reads back as the same file',
  { timeout: 60_000 },
  async () => {
    const file = readFileSync('packages/core/src/database/schema.sql', 'utf8');
    const postgres = await startTemporaryPostgres();
    const database = await openDatabase(postgres.url(), silentLogger);
    try {
      await database.pool.select(file, []);
      expect(await readSchema(database.pool)).toBe(file);

      await database.pool.select(
        'CREATE VIEW countersign.waiting AS SELECT id FROM countersign.authorization_request',
        [],
      );
      await expect(readSchema(database.pool)).rejects.toThrow(
        'schema.sql cannot show: the relation waiting of kind v',
      );

      await database.pool.select('DROP VIEW countersign.waiting', []);
      await database.pool.select('GRANT EXECUTE ON FUNCTION countersign.keep_decision TO pg_monitor', []);
      await expect(readSchema(database.pool)).rejects.toThrow(
        'schema.sql cannot show: the privileges of pg_monitor on countersign.keep_decision()',
      );
    } finally {
      await database.orm.close(true);
      await postgres.stop();
    }
  },
);
