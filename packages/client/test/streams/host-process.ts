import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { quietPort } from '../../../server/test/kill/quiet-port.ts';
import type { HostOrder } from './host-program.ts';
import type { Installation } from './node.ts';

/** A server in a process of its own, that is ended and started again on the same port. */
export interface HostProcess extends AsyncDisposable {
  readonly port: number;
  /** Ends it by this signal and starts the next one; resolves when that one serves. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const program = fileURLToPath(new URL('./host-program.ts', import.meta.url));

export async function startHostProcess(installation: Installation): Promise<HostProcess> {
  const order: HostOrder = { ...installation, port: await quietPort() };
  let child = await start(order);
  return {
    port: order.port,
    async restart(signal) {
      const [wanted, how] = [signal === 'SIGTERM' ? 0 : signal, await end(child, signal)];
      if (how !== wanted) throw new Error(`the server ended with ${how} on ${signal}`);
      child = await start(order);
    },
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGKILL');
    },
  };
}

/** Code that one process has compiled is not compiled again by the next: it starts in half the time. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

async function start(order: HostOrder): Promise<ChildProcess> {
  const child = fork(program, [JSON.stringify(order)], {
    execArgv: ['--conditions=@countersign/source'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const ended = once(child, 'exit').then(([status]) => Promise.reject(new Error(`no server: ${status}`)));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined); // from here on it is told to
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`the server had ended by itself: ${child.exitCode ?? child.signalCode}`);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  child.kill(signal);
  const [status, by] = await ended;
  return status ?? by ?? '';
}
