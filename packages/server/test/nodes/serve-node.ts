import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quietPort } from '../kill/quiet-port.ts';
import { startCommand, type RunningCommand } from '../support/command.ts';

/** One `countersign serve` of several on a database, which is stopped and started again on its port. */
export interface ServeNode extends AsyncDisposable {
  readonly port: number;
  start(): void;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | string>;
  output(): string;
}

/** Code that one process has compiled is not compiled again by the next. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const core = new URL('../../../core/src/index.ts', import.meta.url).href;

/** Every code that is sent. */
export const code = '12345678';

/** What all nodes are configured by: a code that everybody knows. */
export async function writeConfig(folder: string, drainSeconds: number): Promise<void> {
  await writeFile(
    join(folder, 'countersign.config.mjs'),
    `import { otp } from '${core}';
     export default {
       methods: [otp({ send: async () => undefined, generate: () => '${code}' })],
       drainSeconds: ${drainSeconds},
     };`,
  );
}

export async function openServeNode(cwd: string, env: Readonly<Record<string, string>>): Promise<ServeNode> {
  const port = await quietPort();
  let command: RunningCommand | undefined;
  const running = (): RunningCommand => {
    if (!command) throw new Error('the node was not started');
    return command;
  };
  return {
    port,
    start() {
      command = startCommand(['serve', '--port', String(port), '--json'], {
        cwd,
        env: { ...env, NODE_COMPILE_CACHE: cache },
      });
    },
    async stop() {
      running().signal('SIGTERM');
      return await running().ended;
    },
    output: () => running().output(),
    async [Symbol.asyncDispose]() {
      // It keeps nothing of its own: nobody has to wait until it has left.
      command?.signal('SIGKILL');
      await command?.ended;
    },
  };
}
