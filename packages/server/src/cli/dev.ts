import { loadConfigFile } from '../settings/config-file.ts';
import { loadDemo } from '../dev/load-demo.ts';
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
  /** The module of an application to open beside it; `false` for none. */
  readonly demo?: string | false;
  /** Whether a browser is to be opened on its first page. */
  readonly open?: boolean;
}

/** `countersign dev`: everything on this machine, in one process, with nothing to set up. */
export async function dev({ port, host, db: database, json, demo: module, open }: DevOptions): Promise<void> {
  const file = await loadConfigFile(process.cwd());
  const demo = typeof module === 'string' ? await loadDemo(module) : null;
  const settings = resolveSettings(devSchema, {
    commandLine: { port, host, database },
    environment: process.env,
    file,
    defaults: demo?.settings,
  });
  const report = createReport({ json: json === true, level: settings.logLevel });
  await runUntilStopped(report, (shutdown) =>
    startDev(settings, report, shutdown, { demo, showsPage: open !== false && json !== true }),
  );
}
