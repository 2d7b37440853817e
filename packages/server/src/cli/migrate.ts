import { openCore, systemRandomness } from '@countersign/core';
import { loadConfigFile } from '../settings/config-file.ts';
import { resolveSettings } from '../settings/resolve.ts';
import { migrateSchema } from '../settings/schema.ts';

export interface MigrateOptions {
  readonly db?: string;
  readonly check?: true;
}

/** `countersign migrate`: for those who migrate before they deploy, with a role of its own. */
export async function migrate({ db: database, check }: MigrateOptions): Promise<void> {
  const file = await loadConfigFile(process.cwd());
  const settings = resolveSettings(migrateSchema, {
    commandLine: { database },
    environment: process.env,
    file,
  });
  const secret = Buffer.from(systemRandomness.bytes(32)).toString('base64');
  const core = await openCore({
    database: settings.database,
    secret,
    methods: [],
    migrate: check !== true,
    sweep: false,
    listen: false,
  });
  await core.close();
  process.stdout.write('The schema "countersign" is up to date.\n');
}
