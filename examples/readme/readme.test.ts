import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('the example of the README runs as it stands there, and prints what it says', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, printed = ''] = /```text\n(authorization_required[\s\S]*?)```/.exec(readme) ?? [];
  expect(program.split('\n').length).toBeLessThan(45);

  await using postgres = await startTemporaryPostgres();
  const input = ['--conditions=@countersign/source', '--input-type=module-typescript', '-e', program];
  const { stdout } = await run(process.execPath, input, {
    cwd: new URL('.', import.meta.url),
    env: {
      ...process.env,
      DATABASE_URL: postgres.url(),
      COUNTERSIGN_SECRET: randomBytes(32).toString('base64'),
    },
    timeout: 30_000,
  });
  expect(stdout).toBe(printed);
});
