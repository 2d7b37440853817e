import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CountersignOptions } from '../options.ts';
import { SettingsError } from './settings-error.ts';

/**
 * What `countersign.config.ts` exports as its default: any option of `createCountersign`, and where to
 * listen. The environment and the command line go before it.
 *
 * @example
 * ```ts
 * export default {
 *   issuer: 'Acme Bank',
 *   audience: 'bank.example',
 *   methods: [otp({ send })],
 *   operations: { transfer },
 * } satisfies CountersignConfig;
 * ```
 */
export interface CountersignConfig extends Partial<CountersignOptions> {
  readonly port?: number;
  readonly host?: string;
  readonly logLevel?: string;
  /**
   * How long `countersign serve` goes on answering after SIGTERM while `/readyz` says 503 already: as long as your
   * balancer needs to notice, so two or three of its checks. Default 0: for where there is no balancer.
   */
  readonly drainSeconds?: number;
}

export interface ConfigFile {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const names = [
  'countersign.config.ts',
  'countersign.config.mts',
  'countersign.config.js',
  'countersign.config.mjs',
];

/**
 * Reads the configuration file of a directory; null when there is none, and then nothing is loaded for it.
 *
 * @throws SettingsError with the file's own words when it fails, and none of what has loaded it.
 */
export async function loadConfigFile(directory: string): Promise<ConfigFile | null> {
  const file = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (file === undefined) return null;
  const { loadConfig } = await import('c12');
  const { config } = await loadConfig({
    cwd: directory,
    configFile: basename(file),
    rcFile: false,
    globalRc: false,
    packageJson: false,
    dotenv: false,
    extend: false,
    giget: false,
    envName: false,
    // Node's own loader first: what the file imports from us is then the module that runs, not a copy.
    jitiOptions: { tryNative: true },
    // One source only; merging would copy operations and methods apart.
    merger: (...sources: readonly (object | null | undefined)[]) =>
      Object.assign({}, ...sources.filter(Boolean)) as object,
  }).catch(async (error: unknown) => {
    const expected = `a file that can be loaded; it says: ${await wordsOf(file, error)}`;
    throw new SettingsError([{ setting: basename(file), expected }]);
  });
  if (typeof config !== 'object' || config === null) {
    throw new SettingsError([{ setting: basename(file), expected: 'a default export of options' }]);
  }
  return { name: basename(file), values: config as Record<string, unknown> };
}

/**
 * In one line. What Node's loader could read and run has failed for its own reason, which Node remembers; only then a
 * copy of it was run by the other loader, which may say something else.
 */
async function wordsOf(file: string, error: unknown): Promise<string> {
  const first: unknown = await import(pathToFileURL(file).href).then(
    () => error,
    (remembered: unknown) => remembered,
  );
  const cause = isOfLoader(first) ? error : first;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .replace(/\n(?:Require stack|    at )[^]*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, wordsMax);
}

const wordsMax = 300;

function isOfLoader(error: unknown): boolean {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code;
  return error instanceof SyntaxError || (typeof code === 'string' && code.startsWith('ERR_'));
}
