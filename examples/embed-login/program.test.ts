import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from '../quickstart/support/start-program.ts';

it('opens the site, says where, and leaves no file behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embed-login-'));
  await chmod(folder, 0o711); // Run by root, PostgreSQL is another user and must pass through.
  const program = startProgram(new URL('main.ts', import.meta.url), '0', { TMPDIR: folder });
  try {
    await program.printed('Ctrl-C closes it.');
    program.end('SIGTERM');
    const { status, stdout, stderr } = await program.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const url = /http:\/\/localhost:\d+/.exec(stdout)?.[0] ?? 'no address';
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`text\n${stdout.replace(url, 'http://localhost:4040')}\`\`\``);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    program.end('SIGKILL');
    await rm(folder, { recursive: true, maxRetries: 10 }); // What has failed may still be writing there.
  }
});
