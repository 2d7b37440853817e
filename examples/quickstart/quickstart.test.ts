import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processesBelow, runningProcesses } from './support/processes.ts';
import { startProgram } from './support/start-program.ts';
import { startServer } from './support/start-server.ts';
import { tap } from './support/tap.ts';

const COUNTERSIGN_SERVICE_KEY = `csk_${'quickstart'.repeat(4)}`;

/** Where everything temporary of one test goes. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
  await chmod(folder, 0o711); // Run by root, PostgreSQL is another user and must pass through.
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (name: string, url: string) =>
  startProgram(new URL(name, import.meta.url), url, {
    TMPDIR: folder,
    // Ada's side must do without.
    COUNTERSIGN_SERVICE_KEY: name === 'answer.ts' ? '' : COUNTERSIGN_SERVICE_KEY,
  });

/** The blocks of the README that say what is printed, in their order. */
async function printedInReadme(): Promise<readonly string[]> {
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/```text\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}

it('tells a waiting bank over a WebSocket what another program answered, and leaves no process and no file behind', async () => {
  const server = await startServer({ COUNTERSIGN_SERVICE_KEY, TMPDIR: folder });
  const [ada, bank, overPlainHttp] = await printedInReadme();
  let processes: readonly number[] = [];
  try {
    await using wire = await tap(server.url);
    const asking = start('main.ts', wire.url);
    try {
      await asking.printed('1. Asked Ada');
      await expect.poll(wire.upgrades, { timeout: 10_000 }).toBe(1);
      const answering = await start('answer.ts', server.url).ended;
      expect(answering).toEqual({ status: 0, stdout: ada, stderr: '' });
      expect(await asking.ended).toEqual({ status: 0, stdout: bank, stderr: '' });
    } finally {
      asking.end('SIGKILL');
    }

    const plain = await start('plain-http.ts', server.url).ended;
    expect(plain).toEqual({ status: 0, stdout: overPlainHttp, stderr: '' });
    processes = processesBelow(server.pid);
    expect(server.output()).not.toContain(COUNTERSIGN_SERVICE_KEY);
    expect(server.output()).not.toContain('cst1.');
  } finally {
    await server.terminate();
  }
  // npm, a shell, the boot script, the server, PostgreSQL's main process and its helpers.
  expect(processes.length).toBeGreaterThan(5);
  const left = () => processes.filter((pid) => runningProcesses().has(pid));
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  // (npm keeps compiled code of its own there.)
  expect((await readdir(folder)).filter((name) => name.startsWith('countersign'))).toEqual([
    'countersign-example-session.json',
  ]);
});

it('ends with an error where a server accepts any code', async () => {
  const answers: Record<string, unknown> = {
    '/inbox/messages': [{ code: '12345678', text: '€ 2,500.00 to GB29 NWBK 6016 1331 9268 19' }],
    '/trpc/scopedToken.issue': { result: { data: { json: { token: 'cst1.' } } } },
    '/trpc/authorizationRequest.create': { result: { data: { json: { id: 'areq_1', state: 'waiting' } } } },
    '/trpc/authorizationRequest.grant': {
      result: { data: { json: { granted: true, request: { state: 'granted' } } } },
    },
  };
  const careless = createServer((request, response) => {
    response.end(JSON.stringify(answers[request.url?.split('?')[0] ?? '']));
  });
  await once(careless.listen(0, '127.0.0.1'), 'listening');
  const { port } = careless.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { status, stdout, stderr } = await start('plain-http.ts', url).ended;
  careless.close();
  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(stderr).toContain('AssertionError');
});
