import type { TestServer } from '@countersign/server/testing';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startWithEveryMethod } from '../../server/test/support/every-method.ts';
import { transfer } from '../../server/test/support/transfer.ts';
import { openGuardedBank, type Person } from './support/guarded-bank.ts';

const run = promisify(execFile);

/** Reads the message and says yes. */
async function answerAsAda({ cs, inbox }: TestServer): Promise<void> {
  const caller = cs.createCaller({ kind: 'service' });
  await expect.poll(() => inbox.messages().length).toBe(1);
  const { items } = await caller.authorizationRequest.list({ state: 'waiting', subjectId: 'ada' });
  const proof = { method: 'otp', code: inbox.messages()[0]!.code } as const;
  await caller.authorizationRequest.grant({ id: items[0]!.id, proof });
}

/** The same at the bank that the last part of it calls. */
async function answerAtTheBank(ada: Person): Promise<void> {
  await expect.poll(ada.requests, { timeout: 25_000 }).toHaveLength(1);
  const [asked] = await ada.requests();
  await ada.approve(asked!.id);
}

it(
  'the program of the README runs as it stands there, and prints what it says',
  { timeout: 30_000 },
  async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const [, printed] = /```text\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(blocks.length).toBeGreaterThan(5);

    await using server = await startWithEveryMethod({ operations: { transfer } });
    await using bank = await openGuardedBank();
    const ada = bank.person('ada');
    const program = blocks
      .join('\n')
      .replaceAll('http://localhost:4020/trpc', `${server.url}/trpc`)
      .replaceAll('https://bank.example/api/trpc', ada.url);
    const input = ['--conditions=@countersign/source', '--input-type=module-typescript', '-e', program];
    const [{ stdout }] = await Promise.all([
      run(process.execPath, input, {
        cwd: new URL('..', import.meta.url),
        env: { ...process.env, COUNTERSIGN_SERVICE_KEY: server.serviceKey },
        timeout: 25_000,
      }),
      answerAsAda(server),
      answerAtTheBank(ada),
    ]);
    expect(stdout).toBe(printed);
  },
);
