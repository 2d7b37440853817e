import { expect, it } from 'vitest';
import { backoffDefaults, createBackoff } from '../src/backoff.ts';

it('waits anything up to a bound that doubles from 100 ms to 30 s, and begins anew after a success', () => {
  const rounds = Array.from({ length: 2000 }, () => {
    const backoff = createBackoff(backoffDefaults);
    return Array.from({ length: 12 }, () => backoff.next());
  });
  for (const [attempt, bound] of [
    100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
  ].entries()) {
    const waits = rounds.map((round) => round[attempt]!);
    expect(Math.max(...waits)).toBeLessThan(bound);
    expect(Math.max(...waits)).toBeGreaterThan(bound * 0.9);
    expect(Math.min(...waits)).toBeLessThan(bound * 0.1);
  }
  const backoff = createBackoff({ firstMilliseconds: 10, maxMilliseconds: 10_000 });
  for (let attempt = 0; attempt < 10; attempt += 1) backoff.next();
  backoff.reset();
  expect(backoff.next()).toBeLessThan(10);
});
