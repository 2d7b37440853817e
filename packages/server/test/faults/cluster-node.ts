import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { quietPort } from '../kill/quiet-port.ts';
import { commandEnvironment, commandFile } from '../support/command.ts';
import { openLine, type Line } from './line.ts';
import type { Namespace } from './namespace.ts';

/** One `countersign serve`, with a line to its database and a line to it, that is ended and started again. */
export interface ClusterNode extends AsyncDisposable {
  readonly name: string;
  /** Over its line. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** From clients to it. */
  readonly line: Line;
  /** From it to PostgreSQL. */
  readonly database: Line;
  /** The network it lives in, if it has one of its own. */
  readonly namespace: Namespace | null;
  /** Whether its process is there, and not one that is being told to stop. */
  readonly isUp: boolean;
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  start(): void;
  /** Rejects when it ends by itself. */
  failed(): Promise<never>;
  isReady(): Promise<boolean>;
  ready(): Promise<void>;
  /** Resolves with how it ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
}

export interface NodeOptions {
  readonly name: string;
  /** Where its configuration file lies. */
  readonly directory: string;
  readonly secret: string;
  readonly serviceKey: string;
  readonly socketPath: () => string;
  readonly namespace: Namespace | null;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Code that one process has compiled is not compiled again by the next: it starts in half the time. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const lookMs = 15;
const giveUpMs = 60_000;
const outputMax = 200_000;

export async function openNode(options: NodeOptions): Promise<ClusterNode> {
  const { name, directory, namespace } = options;
  const host = namespace?.far ?? '127.0.0.1';
  const port = await quietPort();
  const database = await openLine({
    target: () => ({ path: options.socketPath() }),
    host: namespace?.near ?? '127.0.0.1',
    isDatabase: true,
  });
  const line = await openLine({ target: () => ({ host, port }) });
  const environment = commandEnvironment({
    CLUSTER_DATABASE: `postgresql://postgres@${namespace?.near ?? '127.0.0.1'}:${database.port}/postgres`,
    COUNTERSIGN_SECRET: options.secret,
    COUNTERSIGN_SERVICE_KEY: options.serviceKey,
    NODE_COMPILE_CACHE: cache,
    ...options.environment,
  });
  const serve = ['serve', '--port', String(port), '--host', host, '--json'];
  const [program = '', ...args] = [
    ...(namespace?.prefix ?? []),
    process.execPath,
    '--conditions=@countersign/source',
    commandFile,
    ...serve,
  ];
  let child: ChildProcess | undefined;
  let output = '';
  let failed = new Promise<never>(() => undefined);

  // Nobody else ends it when this process breaks down.
  const leave = (): void => void child?.kill('SIGKILL');
  process.once('exit', leave);

  const running = (): ChildProcess => {
    if (child === undefined) throw new Error(`${name} was not started`);
    return child;
  };
  const isReady = async (): Promise<boolean> => {
    try {
      return (await fetch(`http://${host}:${port}/readyz`, { signal: AbortSignal.timeout(5000) })).ok;
    } catch {
      return false;
    }
  };

  return {
    name,
    host,
    port,
    line,
    database,
    namespace,
    url: `http://127.0.0.1:${line.port}`,
    get isUp() {
      return child !== undefined;
    },
    get pid() {
      return running().pid!;
    },
    output: () => output,
    isReady,
    start() {
      const started = spawn(program, args, {
        cwd: directory,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      failed = new Promise((_, reject) => {
        started.once('close', (exitCode, by) => {
          if (child === started) reject(new Error(`${name} ended by itself (${exitCode ?? by}):\n${output}`));
        });
      });
      failed.catch(() => undefined); // told by whoever waits for it
      for (const stream of [started.stdout, started.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-outputMax)));
    },
    failed: () => failed,
    async ready() {
      const deadline = performance.now() + giveUpMs;
      while (!(await Promise.race([isReady(), failed]))) {
        if (performance.now() > deadline) throw new Error(`${name} did not come back:\n${output}`);
        await sleep(lookMs);
      }
    },
    async end(signal) {
      const ending = running();
      child = undefined;
      if (ending.exitCode !== null || ending.signalCode !== null)
        throw new Error(`${name} had ended by itself (${ending.exitCode ?? ending.signalCode}):\n${output}`);
      const ended = once(ending, 'close') as Promise<[number | null, string | null]>;
      ending.kill(signal);
      const [code, by] = await ended;
      return code ?? by ?? '';
    },
    signal(what) {
      running().kill(what);
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', leave);
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'close');
        child.kill('SIGKILL');
        await ended;
      }
      await line[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await namespace?.[Symbol.asyncDispose]();
    },
  };
}
