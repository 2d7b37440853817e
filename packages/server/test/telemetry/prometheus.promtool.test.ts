import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../testing/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { transfer } from '../support/transfer.ts';
import { promtool } from './promtool.ts';
import { liveThrough } from './story.ts';

const read = async (path: string) => await readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8');

interface Board {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

it('/metrics has nothing that Prometheus would have otherwise', async () => {
  await using server = await startTestServer({ operations: { transfer }, metrics: { enabled: true } });
  await liveThrough(server);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toContain('countersign_grant_seconds_bucket{');
  expect(await promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' });
});

describe('the board for Grafana', () => {
  it('asks in a language that Prometheus understands', async () => {
    await using folder = await temporaryDirectory();
    const file = join(folder.path, 'queries.yml');
    const { panels } = JSON.parse(await read('deploy/grafana/countersign.json')) as Board;
    const rules = panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => ({
        record: 'a:query',
        expr: expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*'),
      })),
    );
    await writeFile(file, JSON.stringify({ groups: [{ name: 'board', rules }] }));
    const { code, said } = await promtool(['check', 'rules', '--lint=none', file]);
    expect(code, said).toBe(0);
  });
});

describe('the alerts', () => {
  it('fire when something waits for an operator, and are quiet while all is well', async () => {
    await using folder = await temporaryDirectory();
    await writeFile(join(folder.path, 'alerts.yml'), await read('deploy/prometheus/alerts.yml'));
    const quiet: Readonly<Record<string, string>> = {
      database_up: '1x60',
      log_horizon_lag_seconds: '0x60',
      log_reader_lag_seconds: '0x60',
      wake_up_connected: '1x60',
      bus_connected: '1x60',
      sweep_lag_seconds: '1x60',
      'subscriber_parked{subscriber="ledger"}': '0x60',
      'subscriber_lag_seconds{subscriber="ledger"}': '3x60',
      'deliveries_total{outcome="sent"}': '0+10x60',
      'deliveries_total{outcome="failed"}': '0x60',
      webhook_oldest_waiting_seconds: '5x60',
    };
    const firing: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['CountersignDatabaseUnreachable', { database_up: '0x60' }],
      ['CountersignLogHeldUp', { log_horizon_lag_seconds: '0+20x60' }],
      ['CountersignNodeBehind', { log_reader_lag_seconds: '60x60' }],
      ['CountersignWakeUpsNotHeard', { wake_up_connected: '0x60' }],
      ['CountersignBusNotHeard', { bus_connected: '0x60' }],
      ['CountersignSubscriberParked', { 'subscriber_parked{subscriber="ledger"}': '1x60' }],
      ['CountersignSubscriberBehind', { 'subscriber_lag_seconds{subscriber="ledger"}': '0+60x60' }],
      ['CountersignDeliveriesFail', { 'deliveries_total{outcome="failed"}': '0+5x60' }],
      ['CountersignNotSwept', { sweep_lag_seconds: '0+60x60' }],
      ['CountersignWebhooksWait', { webhook_oldest_waiting_seconds: '7200x60' }],
    ];
    const given = (changes: Readonly<Record<string, string>>) => ({
      interval: '1m',
      input_series: Object.entries({ ...quiet, ...changes }).map(([name, values]) => ({
        series: `countersign_${name.includes('{') ? name.replace('{', '{job="cs",instance="a",') : `${name}{job="cs",instance="a"}`}`,
        values,
      })),
    });
    const isFiring = (name: string, changes: Readonly<Record<string, string>>) => ({
      ...given(changes),
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${name}",alertstate="firing"})`,
          eval_time: '50m',
          exp_samples: [{ labels: '{}', value: 1 }],
        },
      ],
    });
    const none = { expr: 'ALERTS', eval_time: '50m', exp_samples: [] };
    const cases = [
      { ...given({}), promql_expr_test: [none] },
      ...firing.map(([name, changes]) => isFiring(name, changes)),
    ];
    const file = join(folder.path, 'cases.yml');
    await writeFile(
      file,
      JSON.stringify({ rule_files: ['alerts.yml'], evaluation_interval: '1m', tests: cases }),
    );
    const { code, said } = await promtool(['test', 'rules', file]);
    expect(code, said).toBe(0);
  });
});
