import { loadConfigFile } from '../settings/config-file.ts';
import { resolveSettings } from '../settings/resolve.ts';
import { serveSchema } from '../settings/schema.ts';
import { createReport } from './create-report.ts';
import { runUntilStopped } from './shutdown.ts';
import { startServe } from './start-serve.ts';

export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly db?: string;
  readonly json?: true;
}

/** `countersign serve`: for production. No embedded database, no development doors, no key of its own making. */
export async function serve({ port, host, db: database, json }: ServeOptions): Promise<void> {
  const file = await loadConfigFile(process.cwd());
  const settings = resolveSettings(serveSchema, {
    commandLine: { port, host, database },
    environment: process.env,
    file,
  });
  const report = createReport({ json: json === true, level: settings.logLevel });
  await runUntilStopped(report, (shutdown) => startServe(settings, report, shutdown));
}
