import { describe, expect, it } from 'vitest';
import { measures, metricName, type Measures } from '../../src/telemetry/measures.ts';
import { parseOptions, type CountersignOptions } from '../../src/options.ts';
import { createScrape } from '../../src/telemetry/scrape.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { openEventSource } from '../support/event-source.ts';
import { sharedServer } from '../support/shared-server.ts';
import { transfer } from '../support/transfer.ts';
import { readSamples, type Sample } from './samples.ts';
import { leakIn, liveThrough } from './story.ts';

const metricsOf = async ({ url }: TestServer): Promise<string> =>
  await (await fetch(`${url}/metrics`)).text();

const server = sharedServer({ operations: { transfer }, metrics: { enabled: true } });

describe('/metrics', () => {
  it('is the text format of Prometheus, 0.0.4, with a word on every metric', async () => {
    await liveThrough(server());
    const response = await fetch(`${server().url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const { samples, families } = readSamples(text);
    expect(samples.length).toBeGreaterThan(100);
    for (const { name } of samples) expect(families.get(familyOf(name, families))?.help, name).toBeTruthy();
  });

  it('has a metric for each measure that has happened, named with its unit', async () => {
    // The figures of the database are kept for a moment: where nobody has looked before, they know of the story.
    await using one = await startTestServer({ operations: { transfer }, metrics: { enabled: true } });
    await liveThrough(one);
    const stream = await openEventSource(`${one.url}/trpc/event.stream`, one.credential);
    const { samples, families } = readSamples(await metricsOf(one));
    await stream[Symbol.asyncDispose]();
    expect(valueOf(samples, 'countersign_streams', { kind: 'event' })).toBe(1);
    // Nobody has a subscriber or a bus here, nothing was denied by a lock, no job has found something to do.
    const quiet: ReadonlySet<string> = new Set<keyof Measures>([
      'locks',
      'job_seconds',
      'subscriber_batches',
      'subscriber_events',
      'subscriber_batch_seconds',
      'subscriber_lag_seconds',
      'subscriber_lag_events',
      'subscriber_parked',
      'subscriber_failures',
      'webhook_try_seconds',
      'bus_connected',
    ]);
    for (const name of Object.keys(measures) as (keyof Measures)[]) {
      const { kind } = measures[name];
      expect(metricName(name)).toMatch(/^countersign_[a-z0-9]+(?:_[a-z0-9]+)*$/);
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
      if (!quiet.has(name)) expect([...families.keys()], name).toContain(metricName(name));
    }
    for (const family of families.keys())
      expect(Object.keys(measures).map((name) => metricName(name as keyof Measures))).toContain(family);
  });

  it('counts the story of a request as it went', async () => {
    const before = readSamples(await metricsOf(server())).samples;
    await liveThrough(server());
    const after = readSamples(await metricsOf(server())).samples;
    const grown = (name: string, labels: Readonly<Record<string, string>>) =>
      valueOf(after, name, labels) - valueOf(before, name, labels);
    for (const outcome of ['created', 'challenged', 'granted', 'consumed'])
      expect(grown('countersign_requests_total', { outcome, slug: 'transfer' }), outcome).toBe(1);
    expect(grown('countersign_proofs_total', { verdict: 'wrong', method: 'otp' })).toBe(1);
    expect(grown('countersign_proofs_total', { verdict: 'right', method: 'otp' })).toBe(1);
    expect(grown('countersign_deliveries_total', { outcome: 'sent', channel: 'email' })).toBe(1);
    expect(grown('countersign_grant_seconds_count', { slug: 'transfer', binding: 'server' })).toBe(1);
    expect(grown('countersign_token_verifications_total', { verdict: 'accepted' })).toBe(1);
    expect(grown('countersign_token_verifications_total', { verdict: 'refused' })).toBe(1);
    const list = { procedure: 'authorizationRequest.list' };
    expect(grown('countersign_calls_total', { ...list, outcome: 'ok' })).toBe(1);
    expect(grown('countersign_calls_total', { ...list, outcome: 'unauthenticated' })).toBe(1);
    expect(grown('countersign_call_seconds_count', list)).toBe(2);
  });

  it('has no secret, no subject, no session, no address and no data in it', async () => {
    const stories = [await liveThrough(server()), await liveThrough(server(), 'not-declared')];
    const text = await metricsOf(server());
    for (const story of stories) {
      for (const secret of story.secrets) expect(leakIn(`a{b="${secret}"} 1`, story)).toBeDefined();
      expect(leakIn(text, story)).toBeUndefined();
      expect(text).not.toContain(story.requestId);
    }
  });

  it('does not grow with subjects, sessions, slugs, paths and tokens that come in', async () => {
    await liveThrough(server());
    await liveThrough(server(), 'not-declared');
    const before = readSamples(await metricsOf(server())).samples.length;
    for (let turn = 0; turn < 10; turn += 1) {
      await liveThrough(server(), `made-up-${turn}`);
      await fetch(`${server().url}/trpc/made.up-${turn}`, { headers: server().credential });
      await fetch(`${server().url}/made-up/${turn}`);
    }
    expect(readSamples(await metricsOf(server())).samples.length).toBe(before);
  });

  it('gives back what was opened: a stream that ended is none', async () => {
    const stream = await openEventSource(`${server().url}/trpc/event.stream`, server().credential);
    await stream[Symbol.asyncDispose]();
    await expect
      .poll(async () =>
        valueOf(readSamples(await metricsOf(server())).samples, 'countersign_streams', { kind: 'event' }),
      )
      .toBe(0);
  });
});

describe('who may read it', () => {
  const token = 'metrics-token-0123456789';
  const get = async (one: TestServer, headers: Record<string, string> = {}) =>
    await fetch(`${one.url}/metrics`, { headers });

  it('is nobody, in a host that has not asked for it', async () => {
    await using one = await startTestServer();
    expect((await get(one)).status).toBe(404);
  });

  it('is who has the token, where there is one', async () => {
    await using one = await startTestServer({ metrics: { enabled: true, token } });
    const refused = await get(one);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.text()).not.toContain('countersign_');
    for (const authorization of [
      token,
      `Basic ${token}`,
      `Bearer ${token}x`,
      'Bearer',
      one.credential.authorization,
    ])
      expect((await get(one, { authorization })).status, authorization).toBe(401);
    expect((await get(one, { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('is not found out by a service key, and the token opens nothing else', async () => {
    await using one = await startTestServer({ metrics: { enabled: true, token } });
    const authorization = `Bearer ${token}`;
    const answer = await fetch(`${one.url}/trpc/authorizationRequest.list`, { headers: { authorization } });
    expect(answer.status).toBe(401);
  });
});

describe('a meter provider of the host’s', () => {
  it('is told the same as /metrics, and alone where nobody asked for that', async () => {
    const granted = { outcome: 'granted', slug: 'transfer' };
    const beside = createScrape();
    await using both = await startTestServer({
      operations: { transfer },
      metrics: { enabled: true },
      telemetry: { meterProvider: beside.meterProvider },
    });
    await liveThrough(both);
    for (const text of [await metricsOf(both), await beside.text()]) {
      const { samples } = readSamples(text);
      expect(valueOf(samples, 'countersign_requests_total', granted)).toBe(1);
      expect(valueOf(samples, 'countersign_database_up', {})).toBe(1);
    }
    await beside.close();
    const only = createScrape();
    await using alone = await startTestServer({
      operations: { transfer },
      telemetry: { meterProvider: only.meterProvider },
    });
    await liveThrough(alone);
    expect((await fetch(`${alone.url}/metrics`)).status).toBe(404);
    expect(valueOf(readSamples(await only.text()).samples, 'countersign_requests_total', granted)).toBe(1);
    await only.close();
  });

  it('that is none, a token that is too short, a share beyond one: all are named at once', async () => {
    const wrong = {
      metrics: { enabled: true, token: 'short' },
      telemetry: { meterProvider: {}, tracedShare: 2 },
    } as unknown as CountersignOptions;
    expect(() => parseOptions(wrong)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /metrics\.token[\s\S]*telemetry\.meterProvider[\s\S]*telemetry\.tracedShare/,
        ) as string,
      }) as Error,
    );
  });
});

describe('while the database is away', () => {
  it('says so, and tells what the process itself knows', async () => {
    await using one = await startTestServer({ operations: { transfer }, metrics: { enabled: true } });
    await liveThrough(one);
    await one.database.sql.query('ALTER SCHEMA countersign RENAME TO elsewhere');
    const { samples } = readSamples(await metricsOf(one));
    await one.database.sql.query('ALTER SCHEMA elsewhere RENAME TO countersign');
    expect(valueOf(samples, 'countersign_database_up', {})).toBe(0);
    expect(samples.some(({ name }) => name === 'countersign_log_horizon_lag_seconds')).toBe(false);
    expect(valueOf(samples, 'countersign_requests_total', { outcome: 'granted' })).toBe(1);
  });
});

function familyOf(name: string, families: ReadonlyMap<string, unknown>): string {
  return families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
}

/** The sum over all series with these labels. */
function valueOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>>): number {
  return samples
    .filter(
      (one) =>
        one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
