import { expect, it } from 'vitest';
import { compare, faultless, type LoggedEvent, type ToldEvent } from './streams/compare.ts';
import { runCuts } from './streams/run-cuts.ts';

it(
  'tells every subject and session each of its events once, in order, and no other, across 100 cuts of every line and five restarts of the server',
  { timeout: 120_000 },
  async () => {
    const { readers, naive, ...figures } = await runCuts({ cuts: 100, restarts: 5, seed: 1 });
    console.log(JSON.stringify({ ...figures, naive }));
    for (const [name, { told, connections, ...faults }] of Object.entries(readers)) {
      expect(faults, name).toEqual(faultless);
      expect(told, name).toBeGreaterThan(20);
      expect(connections, name).toBeGreaterThan(100);
    }
    expect(naive['begins now']?.lost).toBeGreaterThan(0);
    expect(naive['begins anew']?.twice).toBeGreaterThan(0);
  },
);

it('would notice what a reader was not told, told twice, out of order, or should never have been told', () => {
  const log: LoggedEvent[] = [
    { id: 'evt_1', subjectId: 'ada', sessionId: null },
    { id: 'evt_2', subjectId: 'ada', sessionId: 'session-1' },
    { id: 'evt_3', subjectId: 'ada', sessionId: 'session-2' },
    { id: 'evt_4', subjectId: 'grace', sessionId: 'session-1' },
    { id: 'evt_5', subjectId: 'ada', sessionId: null },
  ];
  const told = (...numbers: number[]): ToldEvent[] =>
    numbers.map((sequence) => ({ id: `evt_${sequence}`, about: { id: 'areq_1' }, sequence, context: null }));
  const ada = { subjectId: 'ada', sessionId: 'session-1' };

  expect(compare(log, ada, told(1, 2, 5))).toEqual(faultless);
  expect(compare(log, { ...ada, sessionId: null }, told(1, 5))).toEqual(faultless);
  expect(compare(log, null, told(1, 2, 3, 4, 5))).toEqual(faultless);

  expect(compare(log, ada, told(1, 5))).toEqual({ ...faultless, lost: 1 });
  expect(compare(log, ada, told(1, 2, 5, 5))).toEqual({ ...faultless, twice: 1 });
  expect(compare(log, ada, told(1, 5, 2))).toEqual({ ...faultless, misplaced: 1, misplacedInRequest: 1 });
  expect(compare(log, ada, told(1, 2, 3, 5))).toEqual({ ...faultless, foreign: 1 });
  expect(compare(log, ada, told(1, 2, 4, 5))).toEqual({ ...faultless, foreign: 1 });
  expect(compare(log, { ...ada, sessionId: null }, told(1, 2, 5))).toEqual({ ...faultless, foreign: 1 });
  expect(compare(log, ada, told(1, 2, 5, 6))).toMatchObject({ lost: 0, invented: 1 });
  const indiscreet = told(1, 2, 5).map((event) => ({ ...event, context: {} }));
  expect(compare(log, ada, indiscreet)).toEqual({ ...faultless, indiscreet: 3 });
  expect(compare(log, null, indiscreet).indiscreet).toBe(0);
});
