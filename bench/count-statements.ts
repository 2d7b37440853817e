import pg from 'pg';
import { quantile } from './quantile.ts';
import type { Contender } from './scenario.ts';

const turnsCounted = 9;

/**
 * Statements that one operation sends to PostgreSQL, `BEGIN` and `COMMIT` among them. The median of several: what a
 * process asks by itself, a few times a second, falls into one now and then.
 */
export async function countStatements({ run }: Contender, next: () => number): Promise<number> {
  const counts: number[] = [];
  let sent = 0;
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    sent += 1;
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    for (let turn = 0; turn < turnsCounted; turn += 1) {
      sent = 0;
      await run(next());
      counts.push(sent);
    }
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  return quantile(counts, 0.5);
}
