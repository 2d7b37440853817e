import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { processesBelow, runningProcesses } from '../quickstart/support/processes.ts';
import { startProgram } from '../quickstart/support/start-program.ts';

it('opens the bank, says where, and leaves no process and no file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embed-trpc-'));
  await chmod(folder, 0o711); // Run by root, PostgreSQL is another user and must pass through.
  const program = startProgram(new URL('main.ts', import.meta.url), '0', { TMPDIR: folder });
  let processes: readonly number[] = [];
  try {
    await program.printed('Codes appear here.');
    processes = processesBelow(program.pid);
    program.end('SIGTERM');
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const url = /http:\/\/localhost:\d+/.exec(stdout)?.[0] ?? 'no address';
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`text\n${stdout.replace(url, 'http://localhost:4030')}\`\`\``);
    expect(processes.length).toBeGreaterThan(2);
    await expect.poll(() => processes.filter((pid) => runningProcesses().has(pid))).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    program.end('SIGKILL');
    await rm(folder, { recursive: true, maxRetries: 10 }); // What has failed may still be writing there.
  }
});
