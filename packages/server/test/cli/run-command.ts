import { createTestDatabase, type TestDatabase } from '@countersign/core/testing';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'vitest';
import { commandEnvironment, commandFile } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export interface Ran {
  readonly code: number;
  /** What was asked for. */
  readonly answer: string;
  /** What was said besides. */
  readonly notes: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped into it; nothing by default. */
  readonly input?: string;
}

/** Runs the `countersign` command in a process of its own, to its end, with its two streams apart. */
export async function runCommand(
  args: readonly string[],
  { cwd, env = {}, input = '' }: RunOptions,
): Promise<Ran> {
  const child = spawn(process.execPath, ['--conditions=@countersign/source', commandFile, ...args], {
    cwd,
    env: commandEnvironment(env),
  });
  let [answer, notes] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text));
  child.stdin.on('error', () => undefined); // one that reads nothing closes it
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, answer, notes };
}

/** A folder, a database and a secret, in which commands are run. */
export interface Installation extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly secret: string;
  readonly path: string;
  run(...args: string[]): Promise<Ran>;
  /** With other settings, or with something on standard input. */
  runWith(options: Partial<RunOptions>, ...args: string[]): Promise<Ran>;
}

export async function openInstallation(): Promise<Installation> {
  const database = await createTestDatabase();
  const folder = await temporaryDirectory();
  const secret = randomBytes(32).toString('base64');
  const env = { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret };
  const runWith = (options: Partial<RunOptions>, ...args: string[]) =>
    runCommand(args, { cwd: folder.path, ...options, env: { ...env, ...options.env } });
  return {
    database,
    secret,
    path: folder.path,
    run: (...args) => runWith({}, ...args),
    runWith,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Runs what must be refused, two at a time; each with a pattern for what is said. */
export async function expectRefusals(
  here: Installation,
  cases: readonly (readonly [args: readonly string[], said: RegExp])[],
): Promise<void> {
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [args, said] = next;
      const ran = await here.run(...args);
      expect(ran, args.join(' ')).toMatchObject({ code: 1, answer: '' });
      expect(ran.notes, args.join(' ')).toMatch(said);
      expect(ran.notes, args.join(' ')).not.toContain('    at ');
    }
  };
  await Promise.all([work(), work()]);
}
