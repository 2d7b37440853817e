import { expect, it } from 'vitest';
import { natsBus } from '../../src/index.ts';
import { startTestServer } from '../../testing/index.ts';
import { hearingOf } from '../telemetry/hearing.ts';
import { startNatsServer } from './nats-server.ts';

const patience = { timeout: 20_000 };

it(
  'bus_connected is 1 while NATS is heard, 0 while it is killed, and 1 when it is back',
  { timeout: 60_000 },
  async () => {
    await using nats = await startNatsServer();
    await using server = await startTestServer({
      metrics: { enabled: true },
      bus: natsBus({ servers: nats.url }),
    });
    const heard = () => hearingOf(server, 'bus_connected');
    await expect.poll(heard, patience).toBe(1);
    await nats.kill();
    await expect.poll(heard, patience).toBe(0);
    await nats.start();
    await expect.poll(heard, patience).toBe(1);
  },
);
