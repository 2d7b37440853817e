import { serverUrl } from '@countersign/core/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createScrape } from '../../src/telemetry/scrape.ts';
import { startTestServer } from '../../testing/index.ts';
import { hearingOf } from './hearing.ts';

const metrics = { enabled: true };
const patience = { timeout: 20_000 };

describe('wake_up_connected', { timeout: 60_000 }, () => {
  it('is 1 while the process hears the others, 0 when its connection was killed, and 1 when it hears again', async () => {
    const beside = createScrape();
    await using server = await startTestServer({
      metrics,
      telemetry: { meterProvider: beside.meterProvider },
    });
    const heard = () => hearingOf(server, 'wake_up_connected');
    await expect.poll(heard, patience).toBe(1);
    expect(await hearingOf(server, 'bus_connected')).toBeUndefined();

    // From a database of its own: nobody can connect to that of the server, and so it cannot listen again.
    const admin = new pg.Client({ connectionString: serverUrl() });
    await admin.connect();
    try {
      const name = new URL(server.database.url).pathname.slice(1);
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'countersign listen'",
        [name],
      );
      await expect.poll(heard, patience).toBe(0);
      expect(await beside.text()).toMatch(/^countersign_wake_up_connected(?:\{.*\})? 0$/m);
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      await expect.poll(heard, patience).toBe(1);
    } finally {
      await admin.end();
      await beside.close();
    }
  });

  it('is missing where the process does not listen', async () => {
    await using server = await startTestServer({ metrics, listen: false });
    expect(await hearingOf(server, 'wake_up_connected')).toBeUndefined();
  });
});
