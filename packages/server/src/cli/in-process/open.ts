import { openCore, type Core, type CoreContext } from '@countersign/core';
import { createLogger } from '../../log/logger.ts';
import { databaseCode } from '../explain.ts';
import { logLine } from '../log-line.ts';
import { StartError } from '../start-error.ts';
import { readSettings } from './settings.ts';

export interface InProcessOptions {
  readonly db?: string;
  readonly json?: true;
}

/** The domain in the process of a command, and as whom the command acts. */
export interface InProcess {
  readonly core: Core;
  readonly operator: CoreContext;
  readonly service: CoreContext;
}

/** What names a command where it is written down who did something. */
const keyId = 'command';

/**
 * Runs a command on the domain itself: whoever has the database and the deployment's secret needs no key of ours.
 * Nothing is migrated and nothing swept, and nobody is listened to. What is logged goes to standard error.
 *
 * @throws SettingsError, StartError; CountersignError `unavailable_dependency`, for an older schema as well.
 */
export async function inProcess<Result>(
  { db, json }: InProcessOptions,
  run: (opened: InProcess) => Promise<Result>,
): Promise<Result> {
  const { database, secret, audience, scopedToken, logLevel, isDevelopment } = await readSettings(db);
  const write = (line: string) => void process.stderr.write(json ? line : `${logLine(line)}\n`);
  const core = await openCore({
    database,
    secret,
    methods: [],
    scopedToken: { audience, keyService: scopedToken.keyService },
    migrate: false,
    sweep: false,
    listen: false,
    logger: createLogger({ level: logLevel, write }),
  }).catch((error: unknown) => {
    if (isDevelopment && /^(?:ENOENT|ECONNREFUSED)$/.test(databaseCode(error) ?? ''))
      throw new StartError(
        'The development server of this folder does not run. Start it with countersign dev, or name a database with --db or DATABASE_URL.',
        { cause: error },
      );
    throw error;
  });
  try {
    return await run({
      core,
      operator: core.context({ kind: 'operator', keyId }),
      service: core.context({ kind: 'service', keyId }),
    });
  } finally {
    await core.close();
  }
}
