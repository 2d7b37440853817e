import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Memory, Question, Ready } from './server-program.ts';

/** A server in a process of its own, on a PostgreSQL of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly at: Ready;
  memory(): Promise<Memory>;
  /** Lines it has logged at level error. */
  errors(): Promise<readonly string[]>;
  handedOut(): Promise<number>;
  /** Its exit, should it end before it is told to. */
  isAlive(): boolean;
}

const program = fileURLToPath(new URL('./server-program.ts', import.meta.url));

export async function startServerProcess(): Promise<ServerProcess> {
  const postgres = await startTemporaryPostgres({ settings: { fsync: 'off' } });
  const child = fork(program, [], {
    execArgv: ['--conditions=@countersign/source', '--expose-gc'],
    env: { ...process.env, COUNTERSIGN_TEST_DATABASE: postgres.url() },
  });
  const ended = once(child, 'exit');
  const told = async (): Promise<unknown> => {
    const lost = ended.then(([how]) => Promise.reject(new Error(`the server ended with ${String(how)}`)));
    const [answer] = (await Promise.race([once(child, 'message'), lost])) as [unknown];
    return answer;
  };
  const ask = async (question: Question): Promise<unknown> => {
    const answer = told();
    child.send(question);
    return await answer;
  };
  const at = (await told()) as Ready;
  return {
    at,
    memory: async () => (await ask('memory')) as Memory,
    errors: async () => (await ask('errors')) as readonly string[],
    handedOut: async () => (await ask('handed out')) as number,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
      await postgres.stop();
    },
  };
}
