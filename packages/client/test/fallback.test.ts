import { expect, it } from 'vitest';
import { openBank } from './support/bank.ts';
import { collect } from './support/collect.ts';
import { startWriting } from './support/write-events.ts';

it('takes server-sent events where no WebSocket gets through, and stays with them', async () => {
  await using bank = await openBank();
  bank.network.mode = 'no-websocket';
  const writer = startWriting(bank);
  const { items } = collect(bank.client.event.stream({ from: 'start' }));
  await expect.poll(() => items.length).toBeGreaterThan(0);
  expect(bank.network.seen.upgrades).toBe(3);
  bank.network.cut();
  const written = await writer.stop();
  await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
  expect(bank.network.seen.upgrades).toBe(3);
});

it('takes server-sent events where a WebSocket opens and nothing comes over it', async () => {
  await using bank = await openBank({ timing: { openMilliseconds: 300 } });
  bank.network.mode = 'silent-websocket';
  const { items } = collect(bank.client.event.stream({ from: 'start' }));
  const writer = startWriting(bank);
  await expect.poll(() => items.length).toBeGreaterThan(0);
  await writer.stop();
  expect(bank.network.seen.others).toBeGreaterThan(0);
});

it('comes back over a WebSocket when the whole network was away', async () => {
  await using bank = await openBank();
  bank.network.mode = 'away';
  const writer = startWriting(bank);
  const { items } = collect(bank.client.event.stream({ from: 'start' }));
  await expect.poll(() => bank.network.refused).toBeGreaterThan(6);
  bank.network.mode = 'no-sse';
  const written = await writer.stop();
  await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
  expect(bank.network.seen.upgrades).toBe(1);
});

it('tries nothing else when the transport is named', async () => {
  await using bank = await openBank({ transport: 'websocket' });
  bank.network.mode = 'no-websocket';
  collect(bank.client.event.stream({ from: 'start' }));
  await expect.poll(() => bank.network.seen.upgrades).toBeGreaterThan(6);
  expect(bank.network.seen.others).toBe(0);
});
