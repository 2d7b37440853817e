import { expect, it } from 'vitest';
import { findLost, findMistold, findSurplus, type FoundRequest } from './kill/compare.ts';
import type { Story } from './kill/cycle.ts';
import { runKills } from './kill/run-kills.ts';

it(
  'loses nothing acknowledged and settles every unknown by its key while the server is killed 20 times under load',
  { timeout: 150_000 },
  async () => {
    const { violations, ...figures } = await runKills({ kills: 20, clients: 6, seed: 1 });
    console.log(JSON.stringify(figures));
    expect(violations).toEqual([]);
    expect(figures.slowestReturnMs).toBeLessThan(10_000);
    expect(figures.exitCode).toBe(0);
    // There was a load, and the kills did strike calls of it.
    expect(figures.cyclesConsumed).toBeGreaterThan(20);
    expect(figures.unknownOutcomesSettled).toBeGreaterThan(0);
  },
);

it('would notice what was lost, doubled, told twice, told out of order, or never asked for', () => {
  const consumed = {
    id: 'areq_1',
    subjectId: 'ada',
    events: ['created', 'granted', 'consumed'],
    times: { createdAt: '1', grantedAt: '2', consumedAt: '3' },
    calls: [{}],
  } as unknown as Story;
  const found: FoundRequest = { id: 'areq_1', subjectId: 'ada', state: 'granted', ...consumed.times };
  const told = (...events: [id: string, sequence: number, type: string][]) =>
    events.map(([id, sequence, type]) => ({ id: 'evt', about: { id }, sequence, type }));
  const whole = told(['areq_1', 1, 'created'], ['areq_1', 2, 'granted'], ['areq_1', 3, 'consumed']);
  const tables = { requests: 1, subjects: 1, events: 3, keys: 1, postgresWasLeft: false, violations: [] };

  expect(findLost([consumed], [found])).toEqual([]);
  expect(findMistold([consumed], whole)).toEqual([]);
  expect(findSurplus([consumed], tables)).toEqual([]);

  expect(findLost([consumed], [])).toHaveLength(1);
  expect(findLost([consumed], [{ ...found, state: 'waiting', grantedAt: null }])).toHaveLength(2);
  expect(findLost([consumed], [{ ...found, consumedAt: '4' }])).toHaveLength(1);
  expect(findMistold([consumed], whole.slice(1))).toHaveLength(1);
  expect(findMistold([consumed], [...whole, ...whole.slice(2)])).toHaveLength(1);
  expect(findMistold([consumed], whole.toReversed())).toHaveLength(1);
  expect(findMistold([consumed], [...whole, ...told(['areq_2', 1, 'created'])])).toHaveLength(1);
  expect(findSurplus([consumed], { ...tables, requests: 2 })).toHaveLength(1);
});
