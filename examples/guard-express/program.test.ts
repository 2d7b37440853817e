import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from '../quickstart/support/start-program.ts';

it('commits what was authorized with its consumption, and prints what the README shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guard-express-'));
  await chmod(folder, 0o711); // Run by root, PostgreSQL is another user and must pass through.
  try {
    const { ended } = startProgram(new URL('main.ts', import.meta.url), '', { TMPDIR: folder });
    const { status, stdout, stderr } = await ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`text\n${stdout}\`\`\``);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, maxRetries: 10 }); // What has failed may still be writing there.
  }
});
