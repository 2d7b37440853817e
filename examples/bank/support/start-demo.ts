import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Settings of whoever runs the tests must not reach the server. */
const foreign = /^(?:DATABASE_URL|COUNTERSIGN_.*|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|VITEST.*|npm_.*)$/;

export interface StartedDemo extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the first match in what is printed. */
  prints(pattern: RegExp): Promise<string>;
}

/** What `npm start` runs, on a database of its own and any free port. */
export async function startDemo(): Promise<StartedDemo> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const command = ['packages/server/src/main.ts', 'dev', '--demo', 'examples/bank/demo.ts'];
  const options = ['--port', '0', '--db', 'temporary', '--no-open'];
  const server = spawn(process.execPath, ['--conditions=@countersign/source', ...command, ...options], {
    cwd: root,
    env: { ...inherited, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(server, 'exit');
  const waiting = new Set<() => void>();
  let output = '';
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const look of waiting) look();
    });

  const prints = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(output);
        if (found === null) return;
        waiting.delete(look);
        resolve(found[1] ?? found[0]);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${pattern}:\n${output}`)));
    });

  return {
    url: await prints(/listening +(http:\/\/localhost:\d+)[^]*Service key/),
    output: () => output,
    prints,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
