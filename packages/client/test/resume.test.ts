import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openBank } from './support/bank.ts';
import { collect } from './support/collect.ts';
import { startWriting } from './support/write-events.ts';

const cuts = 100;

describe.each(['websocket', 'sse'] as const)('over %s', (transport) => {
  it(
    `tells each event once and in order across ${cuts} cuts at random moments`,
    { timeout: 60_000 },
    async () => {
      await using bank = await openBank({ transport });
      const writer = startWriting(bank);
      const { items } = collect(bank.client.event.stream({ from: 'start' }));
      await expect.poll(() => items.length).toBeGreaterThan(0);

      for (let cut = 0; cut < cuts; cut += 1) {
        await sleep(Math.random() * 60);
        bank.network.cut();
      }
      const written = await writer.stop();
      await expect.poll(() => items.at(-1)?.id, { timeout: 20_000 }).toBe(written.at(-1));
      expect(items.map(({ id }) => id)).toEqual(written);
      const { upgrades, others } = bank.network.seen;
      console.log(`${written.length} events over ${upgrades} sockets and ${others} answers`);
      expect(transport === 'websocket' ? upgrades : others).toBeGreaterThan(cuts / 4);
    },
  );
});
