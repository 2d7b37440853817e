import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real nats-server with JetStream, on a port and in a folder of its own. */
export interface NatsServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** After it was killed: on the same port, with what it had stored. */
  start(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** It takes connections and says nothing, from when this is done: threads may go on for a moment after the signal. */
  freeze(): Promise<void>;
  goOn(): void;
  /** Forgets all it has stored; only while it is not running. */
  wipe(): void;
}

const readyWithinMs = 10_000;

/** `configuration` in the language of NATS, such as `authorization { token: "…" }`. Not started until asked. */
export async function createNatsServer(
  configuration = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<NatsServer> {
  const program = process.env['NATS_SERVER_PATH'];
  if (program === undefined) throw new Error('NATS_SERVER_PATH names no nats-server; run through `npm test`');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-nats-'));
  const store = join(folder, 'store');
  const file = join(folder, 'nats.conf');
  const port = await freePort();
  writeFileSync(
    file,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${store}", max_file_store: 1GB }\n${configuration}\n`,
  );
  let running: ChildProcess | null = null;

  async function kill(): Promise<void> {
    const child = running;
    running = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  return {
    port,
    url: `nats://127.0.0.1:${port}`,
    async start() {
      running = spawn(program, ['-c', file], { stdio: 'ignore', env: environment });
      await untilReady(port, running);
    },
    kill,
    async freeze() {
      running?.kill('SIGSTOP');
      while (await greets(port));
    },
    goOn: () => void running?.kill('SIGCONT'),
    wipe: () => rmSync(store, { recursive: true, force: true }),
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startNatsServer(...how: Parameters<typeof createNatsServer>): Promise<NatsServer> {
  const server = await createNatsServer(...how);
  await server.start();
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** It greets who connects, once JetStream has found what it had stored. */
async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < readyWithinMs) {
    if (child.exitCode !== null) throw new Error(`nats-server has ended: ${child.exitCode}`);
    if (await greets(port)) return;
    await sleep(10);
  }
  throw new Error('nats-server does not answer');
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(500) })) as [Buffer];
    return chunk.toString('latin1').startsWith('INFO ');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
