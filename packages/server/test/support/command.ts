import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const commandFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The `countersign` command in a process of its own. */
export interface RunningCommand extends AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far, on either stream. */
  output(): string;
  /** The first match in what it prints; rejects when it ends without one. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings of whoever runs the tests must not reach the command. */
const foreign = /^(?:DATABASE_URL|COUNTERSIGN_.*|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|VITEST.*)$/;

/** In CI picocolors paints though nobody looks; the tests read words. */
export function commandEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return { ...inherited, NO_COLOR: '1', ...env };
}

export function startCommand(args: readonly string[], { cwd, env = {} }: CommandOptions): RunningCommand {
  const child = spawn(process.execPath, ['--conditions=@countersign/source', commandFile, ...args], {
    cwd,
    env: commandEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const watch of watchers) watch();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    pid: child.pid!,
    output: () => output,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          watchers.delete(watch);
          resolve(match);
        };
        watchers.add(watch);
        watch();
        void ended.then((how) =>
          reject(new Error(`ended with ${how} and never printed ${pattern}:\n${output}`)),
        );
      }),
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
