import type { ConfigFile } from './config-file.ts';

/** Where settings come from; the command line goes before the environment, that before the file, that before defaults. */
export interface Sources {
  readonly commandLine: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: ConfigFile | null;
  /** Of the demo that is opened. */
  readonly defaults?: object | undefined;
}

interface Names {
  readonly option?: string;
  readonly variable?: string;
}

/** What a setting is called on the command line and in the environment. In the file it has its own name. */
const namesOf: Readonly<Record<string, Names>> = {
  port: { option: '--port', variable: 'PORT' },
  host: { option: '--host', variable: 'HOST' },
  database: { option: '--db', variable: 'DATABASE_URL' },
  secret: { variable: 'COUNTERSIGN_SECRET' },
  serviceKey: { variable: 'COUNTERSIGN_SERVICE_KEY' },
  origins: { variable: 'COUNTERSIGN_ORIGINS' },
  natsUrl: { variable: 'COUNTERSIGN_NATS_URL' },
  metricsToken: { variable: 'COUNTERSIGN_METRICS_TOKEN' },
  drainSeconds: { variable: 'COUNTERSIGN_DRAIN_SECONDS' },
  logLevel: { variable: 'LOG_LEVEL' },
  environment: { variable: 'NODE_ENV' },
};

export interface Gathered {
  readonly values: Readonly<Record<string, unknown>>;
  /** The setting's name as the person wrote it, or would write it. */
  nameOf(setting: string): string;
}

/** One value per setting. A variable that is set to nothing counts as not set. */
export function gather({ commandLine, environment, file, defaults }: Sources): Gathered {
  const values: Record<string, unknown> = { ...defaults, ...file?.values };
  const writtenAs = new Map(
    Object.keys(file?.values ?? {}).map((setting) => [setting, `${file?.name}: ${setting}`]),
  );
  for (const [setting, { option, variable }] of Object.entries(namesOf)) {
    const fromEnvironment = variable === undefined ? undefined : environment[variable];
    if (fromEnvironment) {
      values[setting] = fromEnvironment;
      writtenAs.set(setting, variable ?? setting);
    }
    if (commandLine[setting] !== undefined) {
      values[setting] = commandLine[setting];
      writtenAs.set(setting, option ?? setting);
    }
  }
  return {
    values,
    nameOf: (setting) =>
      writtenAs.get(setting) ?? namesOf[setting]?.variable ?? namesOf[setting]?.option ?? setting,
  };
}
