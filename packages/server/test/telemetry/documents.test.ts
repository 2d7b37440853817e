import { defaultLimits, spanNames } from '@countersign/core';
import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { httpLimits } from '../../src/http/limits.ts';
import { createCountersign, otp } from '../../src/index.ts';
import { streamLimits } from '../../src/stream/limits.ts';
import { measures, metricName, type Measures } from '../../src/telemetry/measures.ts';
import { socketLimits } from '../../src/websocket/limits.ts';
import { transferData, transferRequest } from '../support/transfer.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const board = JSON.parse(read('deploy/grafana/countersign.json')) as Board;
const alerts = read('deploy/prometheus/alerts.yml');
const observe = read('docs/guides/observe.md');
const deploy = read('docs/guides/deploy.md');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

interface Board {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
}

const names = Object.keys(measures) as (keyof Measures)[];

/** Every name under which Prometheus has something of ours. */
const series = new Set(
  names.flatMap((name) => {
    const metric = metricName(name);
    return measures[name].kind === 'histogram'
      ? [`${metric}_bucket`, `${metric}_sum`, `${metric}_count`]
      : [metric];
  }),
);

/** What a query asks for, and by which labels: `countersign_x{a="1"}`. */
function askedIn(expression: string): { metric: string; labels: string[] }[] {
  return [...expression.matchAll(/(countersign_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', labels = '']) => ({
      metric,
      labels: [...labels.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
    }),
  );
}

const measureOf = (metric: string) =>
  names.find((name) => metric.replace(metricName(name), '').match(/^(?:_bucket|_sum|_count)?$/) !== null);

describe('the board for Grafana', () => {
  const panels = board.panels.filter(({ type }) => type !== 'row');

  it('has a row for each part, and panels that say what they show and what to do', () => {
    expect(board.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Decisions',
      'Proofs and locks',
      'Latency',
      'Log and streams',
      'Subscribers',
      'Webhooks',
      'Database',
      'Process',
    ]);
    for (const { title, description } of panels) {
      expect(title.split(' ').length, title).toBeGreaterThan(3);
      expect(description?.length, title).toBeGreaterThan(20);
    }
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  });

  it('asks for metrics that there are, by labels that they have', () => {
    for (const { title, targets = [] } of panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { metric, labels } of targets.flatMap(({ expr }) => askedIn(expr))) {
        expect([...series], title).toContain(metric);
        const known = Object.keys(measures[measureOf(metric)!].labels);
        for (const label of labels)
          expect([...known, 'job', 'instance', 'le'], `${title}: ${metric}`).toContain(label);
      }
    }
  });

  it('leaves no metric out', () => {
    const shown = new Set(
      panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => askedIn(expr).map(({ metric }) => measureOf(metric))),
      ),
    );
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('lets no panel lie on another', () => {
    const taken = new Set<string>();
    for (const {
      gridPos: { x, y, w, h },
    } of board.panels)
      for (let column = x; column < x + w; column += 1)
        for (let line = y; line < y + h; line += 1) {
          expect(column).toBeLessThan(24);
          expect(taken.has(`${column} ${line}`), `${column} ${line}`).toBe(false);
          taken.add(`${column} ${line}`);
        }
  });

  it('has matchers with values that the labels can have', () => {
    const expressions = [...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), alerts];
    for (const expression of expressions)
      for (const [, metric = '', matchers = ''] of expression.matchAll(/(countersign_\w+)\{([^}]*)\}/g)) {
        const { labels } = measures[measureOf(metric)!];
        for (const [, label = '', value = ''] of matchers.matchAll(/(\w+)(?:=~|!=|=)"([^"$]*)"/g)) {
          const known = (labels as Readonly<Record<string, readonly string[] | string>>)[label];
          if (Array.isArray(known))
            for (const one of value.split('|')) expect(known, `${metric} ${label}`).toContain(one);
        }
      }
  });
});

describe('the alerts', () => {
  it('ask for metrics that there are, and tell of what the guide promises', () => {
    for (const { metric } of askedIn(alerts)) expect([...series]).toContain(metric);
    for (const metric of [
      'log_horizon_lag_seconds',
      'subscriber_parked',
      'deliveries',
      'sweep_lag_seconds',
    ] as const)
      expect(alerts).toContain(metricName(metric));
    expect(alerts.match(/- alert:/g)?.length).toBe(alerts.match(/summary:/g)?.length);
  });
});

describe('docs/guides/observe.md', () => {
  it('has every metric with its kind, its labels and the words of its help', () => {
    const rows = [...observe.matchAll(/^\| `(countersign_\w+)` \| (\w+) \|(.*?)\| (.*) \|$/gm)];
    const told = rows.map(([, metric, kind, labels = '', says]) => ({
      metric,
      kind,
      says,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }));
    expect(told).toEqual(
      names.map((name) => ({
        metric: metricName(name),
        kind: measures[name].kind,
        labels: Object.keys(measures[name].labels),
        says: measures[name].says,
      })),
    );
  });

  it('has every span, and none that there is not', () => {
    const [, table = ''] = observe.split('## One request, one trace');
    const told = [...table.matchAll(/`countersign\.([a-z.]+)`/g)].map(([, name = '']) => name);
    for (const name of spanNames) expect(told).toContain(name);
  });
});

describe('docs/guides/deploy.md', () => {
  it('has every setting with its variable and its option', () => {
    const code = read('packages/server/src/settings/sources.ts');
    const [, table = ''] = /const namesOf[^{]*\{\n(.*?)\n\};/s.exec(code) ?? [];
    const inCode = [...table.matchAll(/^ {2}(\w+): \{ (.*) \},$/gm)].map(([, setting, named = '']) => ({
      setting,
      variable: /variable: '(\w+)'/.exec(named)?.[1] ?? '',
      option: /option: '([\w-]+)'/.exec(named)?.[1] ?? '',
    }));
    const [, section = ''] = /\| setting \|.*\n\|.*\n((?:\|.*\n)*)/.exec(deploy) ?? [];
    const told = [...section.matchAll(/^\| `(\w+)` \| (?:`(\w+)`)? ?\| ?(?:`([\w-]+)`)? ?\|$/gm)].map(
      ([, setting, variable = '', option = '']) => ({ setting, variable, option }),
    );
    expect(inCode.length).toBeGreaterThan(8);
    expect(told).toEqual(inCode);
  });

  it('has limits with the values that they have', () => {
    const groups = { streamLimits, socketLimits, httpLimits, defaultLimits };
    const rows = [...deploy.matchAll(/^\| `(\w+)\.(\w+)` \| (\d+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(15);
    for (const [, group = '', limit = '', value] of rows) {
      const limits: Readonly<Record<string, number>> = { ...groups[group as keyof typeof groups] };
      expect(limits[limit], `${group}.${limit}`).toBe(Number(value));
    }
  });

  it('has figures that were measured, and none that were not', () => {
    const [, section = ''] = deploy.split('## What to expect');
    const rows = [...section.matchAll(/^\| (?!what|-)(.*) \| ([\d.]+)(?: \S+)? \|$/gm)];
    const measured = `${read('bench/README.md')} ${read('docs/proof/kill.json')}`;
    expect(rows.length).toBeGreaterThan(3);
    for (const [, what = '', figure = ''] of rows)
      expect(measured, what).toMatch(
        new RegExp(`(?<![\\d.])${figure.replace('.', String.raw`\.`)}(?![\\d.]\\d)`),
      );
  });

  it(
    'has grants with which the running role can do all of it, and cannot do more',
    { timeout: 60_000 },
    async () => {
      await using database = await createTestDatabase();
      const name = randomBytes(4).toString('hex');
      const roles = { owner: `countersign_owner_${name}`, app: `countersign_app_${name}` };
      const named = (sql: string) =>
        sql
          .replaceAll('countersign_owner', roles.owner)
          .replaceAll('countersign_app', roles.app)
          .replaceAll('DATABASE bank', `DATABASE ${new URL(database.url).pathname.slice(1)}`);
      const [asAdministrator = '', asOwner = ''] = [...deploy.matchAll(/```sql\n(.*?)```/gs)].map(
        ([, sql = '']) => named(sql),
      );
      const as = (role: string) => {
        const url = new URL(database.url);
        url.username = role;
        return url.href;
      };
      const options = {
        issuer: 'Acme Bank',
        audience: 'bank.example',
        secret: randomBytes(32).toString('base64'),
      };
      await database.sql.query('DROP SCHEMA countersign CASCADE');
      await database.sql.query(asAdministrator);
      try {
        const migrating = await createCountersign({
          ...options,
          database: as(roles.owner),
          methods: [],
          sweep: false,
        });
        await migrating.close();
        const owner = new pg.Client({ connectionString: as(roles.owner) });
        await owner.connect();
        await owner.query(asOwner);
        await owner.end();
        const codes: string[] = [];
        const method = otp({ send: async ({ code }) => void codes.push(code) });
        const cs = await createCountersign({
          ...options,
          database: as(roles.app),
          methods: [method],
          migrate: false,
          metrics: { enabled: true },
        });
        const service = cs.createCaller({ kind: 'service' });
        const { id } = await service.authorizationRequest.create({ ...transferRequest, title: 'Transfer' });
        await service.authorizationRequest.grant({ id, proof: { method: 'otp', code: codes[0] ?? '' } });
        await service.authorizationRequest.consume({
          id,
          slug: 'transfer',
          subjectId: 'ada',
          data: transferData,
        });
        await service.scopedToken.issue({ subjectId: 'ada', preset: 'subject' });
        await cs.core.figures();
        expect(await cs.core.health()).toEqual({ database: true, migrations: true, keys: true });
        await cs.close();
        const app = new pg.Client({ connectionString: as(roles.app) });
        await app.connect();
        for (const more of [
          'CREATE TABLE countersign.mine (id int)',
          'ALTER TABLE countersign.event DISABLE TRIGGER ALL',
          'DROP TABLE countersign.event',
          "UPDATE countersign.event SET type = 'factor.removed'",
        ])
          await expect(app.query(more), more).rejects.toThrow(
            /permission denied|must be owner|does not change/,
          );
        await app.end();
      } finally {
        for (const role of Object.values(roles))
          await database.sql.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
      }
    },
  );
});
