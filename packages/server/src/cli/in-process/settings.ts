import { z } from 'zod';
import { logLevels } from '../../log/logger.ts';
import { optionsSchema } from '../../options.ts';
import { loadConfigFile } from '../../settings/config-file.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import type { Sources } from '../../settings/sources.ts';
import { readDevAddress } from '../dev-address.ts';
import { note } from '../tell.ts';

/** What a command that opens the domain in its own process needs; the rest of the configuration is not looked at. */
const schema = z.object({
  database: optionsSchema.shape.database,
  secret: optionsSchema.shape.secret,
  audience: optionsSchema.shape.audience.default('countersign'),
  scopedToken: optionsSchema.shape.scopedToken,
  logLevel: z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('warn'),
});

export interface InProcessSettings extends z.output<typeof schema> {
  /** Whether the database is that of a development server in this folder. */
  readonly isDevelopment: boolean;
}

/**
 * The settings of `serve`. Without any database the one of the development server that runs in this folder is meant,
 * and that is said; never where this is production.
 *
 * @throws SettingsError naming every wrong setting.
 */
export async function readSettings(database: string | undefined): Promise<InProcessSettings> {
  const file = await loadConfigFile(process.cwd());
  const sources: Sources = { commandLine: { database }, environment: process.env, file };
  const found = isDatabaseGiven(sources) || isProduction(sources) ? null : await readDevAddress();
  if (found === null) return { ...resolveSettings(schema, sources), isDevelopment: false };
  note('The development server of this folder is meant; name another database with --db or DATABASE_URL.');
  const secret =
    sources.environment['COUNTERSIGN_SECRET'] || (file?.values['secret'] ? undefined : found.secret);
  const environment = { ...sources.environment, DATABASE_URL: found.url, COUNTERSIGN_SECRET: secret };
  return { ...resolveSettings(schema, { ...sources, environment }), isDevelopment: true };
}

function isDatabaseGiven({ commandLine, environment, file }: Sources): boolean {
  return Boolean(commandLine['database'] ?? (environment['DATABASE_URL'] || file?.values['database']));
}

function isProduction({ environment }: Sources): boolean {
  return environment['NODE_ENV'] === 'production';
}
