import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openBank, type Bank } from './support/bank.ts';

const run = promisify(execFile);
const program = new URL('support/closing-program.ts', import.meta.url).pathname;

/** How many milliseconds the process lived on after its last stream had ended. */
async function aliveFor(bank: Bank, transport: string, ending: string): Promise<number> {
  const { serviceKey } = bank.server;
  const args = ['--conditions=@countersign/source', program, bank.network.url, serviceKey, transport, ending];
  const { stdout } = await run(process.execPath, args, { timeout: 10_000 });
  return Number(/alive for (\d+) ms/.exec(stdout)?.[1]);
}

describe.each(['websocket', 'sse'])('over %s', (transport) => {
  it('keeps no process alive after it was closed', async () => {
    await using bank = await openBank();
    expect(await aliveFor(bank, transport, 'close')).toBeLessThan(500);
  });

  it('keeps no process alive after it was closed while the server was away', async () => {
    await using bank = await openBank();
    bank.network.mode = 'away';
    expect(await aliveFor(bank, transport, 'close while away')).toBeLessThan(500);
  });

  it('keeps a process alive for a moment only after its last stream was left', async () => {
    await using bank = await openBank();
    await bank.client.authorizationRequest.create(bank.transferOf(1));
    expect(await aliveFor(bank, transport, 'break')).toBeLessThan(2_000);
  });
});

it('refuses calls and ends streams at once when it is closed, as often as it is', async () => {
  await using bank = await openBank();
  const { client } = bank;
  await client.close();
  await client.close();
  await expect(client.method.list()).rejects.toMatchObject({ reason: 'connection_failed' });
  const seen: unknown[] = [];
  for await (const event of client.event.stream()) seen.push(event);
  expect(seen).toEqual([]);
  expect(bank.network.seen).toEqual({ upgrades: 0, others: 0 });
});
