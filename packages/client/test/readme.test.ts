import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openBank, type Bank } from './support/bank.ts';

const run = promisify(execFile);

/** Reads the message and says yes. */
async function answerAsAda({ server, newestCode }: Bank): Promise<void> {
  const caller = server.cs.createCaller({ kind: 'service' });
  await expect.poll(() => server.inbox.messages().length).toBe(1);
  const { items } = await caller.authorizationRequest.list({ state: 'waiting' });
  const proof = { method: 'otp', code: newestCode() } as const;
  await caller.authorizationRequest.grant({ id: items[0]!.id, proof });
}

it(
  'the program of the README runs as it stands there, and prints what it says',
  { timeout: 30_000 },
  async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const [, printed] = /```text\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(blocks.length).toBeGreaterThan(4);

    await using bank = await openBank();
    const program = blocks.join('\n').replaceAll('http://localhost:4020/trpc', bank.network.url);
    const input = ['--conditions=@countersign/source', '--input-type=module-typescript', '-e', program];
    const [{ stdout }] = await Promise.all([
      run(process.execPath, input, {
        cwd: new URL('..', import.meta.url),
        env: { ...process.env, COUNTERSIGN_SERVICE_KEY: bank.server.serviceKey },
        timeout: 25_000,
      }),
      answerAsAda(bank),
    ]);
    expect(stdout).toBe(printed);
  },
);
