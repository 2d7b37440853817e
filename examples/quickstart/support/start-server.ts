import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Settings of whoever runs the tests must not reach the server. */
const foreign = /^(?:DATABASE_URL|COUNTERSIGN_.*|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|VITEST.*|npm_.*)$/;

export interface StartedServer {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** npm's own process, the first of several. */
  readonly pid: number;
  /** SIGTERM to npm, as a terminal or a service manager would send it; resolves when npm has ended. */
  terminate(): Promise<void>;
  /** Everything printed so far. */
  output(): string;
}

/** `npm start`, as the README says, until it listens. */
export async function startServer(env: Readonly<Record<string, string>>): Promise<StartedServer> {
  const port = await freePort();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const options = ['--port', String(port), '--db', 'temporary', '--no-demo', '--no-open'];
  const npm = spawn('npm', ['start', '--', ...options], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(npm, 'exit');
  const url = `http://localhost:${port}`;
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes(`listening    ${url}`)) resolve();
      });
    }
    npm.once('error', reject);
    void ended.then(() => reject(new Error(`npm start ended:\n${output}`)));
  });
  return {
    url,
    pid: npm.pid ?? 0,
    output: () => output,
    async terminate() {
      npm.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
