import { loadConfigFile } from '../settings/config-file.ts';
import { resolveSettings } from '../settings/resolve.ts';
import { devSchema } from '../settings/schema.ts';
import { createReport } from './create-report.ts';
import { runUntilStopped } from './shutdown.ts';
import { startDev } from './start-dev.ts';

export interface DevOptions {
  readonly port?: string;
  readonly host?: string;
  readonly db?: string;
  readonly json?: true;
}

/** `countersign dev`: everything on this machine, in one process, with nothing to set up. */
export async function dev({ port, host, db: database, json }: DevOptions): Promise<void> {
  const file = await loadConfigFile(process.cwd());
  const settings = resolveSettings(devSchema, {
    commandLine: { port, host, database },
    environment: process.env,
    file,
  });
  const report = createReport({ json: json === true, level: settings.logLevel });
  await runUntilStopped(report, (shutdown) => startDev(settings, report, shutdown));
}
