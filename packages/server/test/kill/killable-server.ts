import { startEmbeddedPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCommand, type RunningCommand } from '../support/command.ts';
import { quietPort } from './quiet-port.ts';

/** A development server on one data directory, which is killed and started again and again. */
export interface KillableServer extends AsyncDisposable {
  readonly url: string;
  readonly serviceKey: string;
  /** Starts the process; it is not ready yet. */
  start(): void;
  /** Whether it can work right now. */
  isReady(): Promise<boolean>;
  /** Resolves when it can work; rejects when it ends, or has not come back after a minute. */
  ready(): Promise<void>;
  /** SIGKILL, to the very process that answers. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | string>;
}

const lookMs = 15;
const giveUpMs = 60_000;

/** @param directory where the data is kept, and nothing else. */
export async function killableServer(cwd: string, directory: string): Promise<KillableServer> {
  const port = await quietPort();
  const url = `http://127.0.0.1:${port}`;
  const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
  const env = {
    COUNTERSIGN_SECRET: randomBytes(32).toString('base64'),
    COUNTERSIGN_SERVICE_KEY: serviceKey,
  };
  const args = ['dev', '--port', String(port), '--db', directory, '--no-demo', '--no-open', '--json'];
  let process: RunningCommand | undefined;
  let stopped = false;

  const running = (): RunningCommand => {
    if (process === undefined) throw new Error('the server was not started');
    return process;
  };
  const end = async (signal: NodeJS.Signals): Promise<number | string> => {
    const { ended } = running();
    running().signal(signal);
    const how = await ended;
    process = undefined;
    return how;
  };

  return {
    url,
    serviceKey,
    start() {
      process = startCommand(args, { cwd, env });
    },
    isReady: () => isReady(url),
    async ready() {
      const { ended, output } = running();
      let over: number | string | undefined;
      void ended.then((how) => (over = how));
      const deadline = performance.now() + giveUpMs;
      while (!(await isReady(url))) {
        if (over !== undefined) throw new Error(`the server ended by itself (${over}):\n${output()}`);
        if (performance.now() > deadline) throw new Error(`the server did not come back:\n${output()}`);
        await sleep(lookMs);
      }
    },
    async kill() {
      const { output } = running();
      const how = await end('SIGKILL');
      if (how !== 'SIGKILL') throw new Error(`the server had ended by itself (${how}):\n${output()}`);
    },
    async stop() {
      const how = await end('SIGTERM');
      stopped = true;
      return how;
    },
    async [Symbol.asyncDispose]() {
      if (stopped) return;
      if (process !== undefined) await end('SIGTERM');
      // It may have died by itself and left its database: take that over, and stop it.
      await using _left = await startEmbeddedPostgres({ directory });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
