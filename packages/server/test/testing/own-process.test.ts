import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';

const program = new URL('own-process-program.ts', import.meta.url).pathname;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Told {
  readonly child: ChildProcess;
  /** Of the PostgreSQL that it has started. */
  readonly directory: string;
  readonly pid: number;
}

async function run(ending: string): Promise<Told> {
  const { COUNTERSIGN_TEST_DATABASE: _, VITEST: __, ...env } = process.env;
  const child = spawn(process.execPath, ['--conditions=@countersign/source', program, ending], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { database, binding, answer } = JSON.parse(line) as Record<string, unknown>;
  expect({ binding, answer }).toEqual({ binding: 'cryptographic', answer: { sent: 1 } });
  const data = decodeURIComponent(new URL(String(database)).hostname);
  expect(data).toContain('countersign-postgres-');
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { child, directory: dirname(data), pid };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended stays in the table until somebody asks after it.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const left = ({ directory, pid }: Told) => ({ directory: existsSync(directory), process: runs(pid) });
const nothing = { directory: false, process: false };

it.each(['disposed', 'forgotten', 'killed', 'thread'])(
  'starts a PostgreSQL of its own where nothing is configured and vitest is not installed, and leaves nothing: %s',
  { timeout: 60_000 },
  async (ending) => {
    const told = await run(ending);
    const { child } = told;
    expect(left(told)).toEqual({ directory: true, process: true });
    const exit = once(child, 'exit');
    if (ending === 'killed') child.kill('SIGKILL');
    else child.stdin!.write('\n');
    if (ending === 'disposed') expect((await exit)[0]).toBe(0);
    await expect.poll(() => left(told), { timeout: 20_000 }).toEqual(nothing);
    if (ending === 'thread') expect(child.exitCode).toBeNull();
  },
);
