import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processesBelow, runningProcesses } from './support/processes.ts';
import { startServer } from './support/start-server.ts';

const COUNTERSIGN_SERVICE_KEY = `csk_${'quickstart'.repeat(4)}`;
const program = fileURLToPath(new URL('main.ts', import.meta.url));

/** Where everything temporary of one test goes. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
  await chmod(folder, 0o711); // Run by root, PostgreSQL is another user and must pass through.
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('carries one transfer from the question to its one use, and leaves no process and no file behind', async () => {
  const server = await startServer({ COUNTERSIGN_SERVICE_KEY, TMPDIR: folder });
  let processes: readonly number[] = [];
  try {
    const { status, stdout, stderr } = await runProgram(server.url);
    processes = processesBelow(server.pid);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      '1. Asked Ada to authorize € 2,500.00 to GB29 NWBK 6016 1331 9268 19: waiting.',
      '2. Read her inbox: a code of 8 digits, in a message that names the amount and the account.',
      '3. Answered with a wrong code: not granted, 4 attempts left.',
      '4. Answered with her code: granted.',
      '5. Tried to send € 9,900.00 instead: refused, data_mismatch.',
      '6. Tried to use it for Mallory: refused, not_found.',
      '7. Sent what Ada authorized: consumed.',
      '8. Tried to send it again: refused, already_consumed.',
      '9. The log of this request, in order:',
      '   1  authorization_request.created',
      '   2  authorization_request.challenged',
      '   3  authorization_request.check_failed',
      '   4  authorization_request.granted',
      '   5  authorization_request.consumed',
      '',
    ]);
    expect(status).toBe(0);
    expect(await readme()).toContain(`\`\`\`text\n${stdout}\`\`\``);
    expect(server.output()).not.toContain(COUNTERSIGN_SERVICE_KEY);
  } finally {
    await server.terminate();
  }
  // npm, a shell, the boot script, the server, PostgreSQL's main process and its helpers.
  expect(processes.length).toBeGreaterThan(5);
  const left = () => processes.filter((pid) => runningProcesses().has(pid));
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  // (npm keeps compiled code of its own there.)
  expect((await readdir(folder)).filter((name) => name.startsWith('countersign'))).toEqual([]);
});

it('ends with an error where a server accepts any code', async () => {
  const answers: Record<string, unknown> = {
    '/inbox/messages': [{ code: '12345678', text: '€ 2,500.00 to GB29 NWBK 6016 1331 9268 19' }],
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
  const { status, stdout, stderr } = await runProgram(`http://127.0.0.1:${port}`);
  careless.close();
  expect(status).toBe(1);
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(stderr).toContain('AssertionError');
});

const readme = () => readFile(new URL('README.md', import.meta.url), 'utf8');

async function runProgram(url: string): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', COUNTERSIGN_SERVICE_KEY };
  const child = spawn(process.execPath, [program, url], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
  const [status] = (await once(child, 'close')) as unknown[];
  return { status, ...printed };
}
