import type { TestServer } from '@countersign/server/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startWithEveryMethod } from '../../server/test/support/every-method.ts';
import { transfer } from '../../server/test/support/transfer.ts';
import { openGuardedBank, type Person } from './support/guarded-bank.ts';

/** Reads the message and says yes. */
async function answerAsAda({ cs, inbox }: TestServer): Promise<void> {
  const caller = cs.createCaller({ kind: 'service' });
  await expect.poll(() => inbox.messages().length).toBe(1);
  const { items } = await caller.authorizationRequest.list({ state: 'waiting', subjectId: 'ada' });
  const proof = { method: 'otp', code: inbox.messages()[0]!.code } as const;
  await caller.authorizationRequest.grant({ id: items[0]!.id, proof });
}

/** The same at the bank that the last part of it calls, once it has asked: nobody is asked what is granted already. */
async function answerAtTheBank(ada: Person, hasAsked: () => boolean): Promise<void> {
  await expect.poll(hasAsked, { timeout: 25_000 }).toBe(true);
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
    const child = spawn(process.execPath, input, {
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, COUNTERSIGN_SERVICE_KEY: server.serviceKey },
      timeout: 25_000,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [[code]] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      answerAsAda(server),
      answerAtTheBank(ada, () => stdout.includes('GB29')),
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(printed);
  },
);
