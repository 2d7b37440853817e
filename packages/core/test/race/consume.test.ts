import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../testing/invariants.ts';
import { core, openArena, type Arena } from './arena.ts';
import { consumeAtOnce, consumeCall, openGrant } from './attack/consume.ts';
import { transferOf } from './attack/open-request.ts';
import { roundsOfConsumers } from './attack/rounds.ts';
import { tally } from './call.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.asyncDispose]());

it('lets exactly one of two hundred parallel consumers from four processes use a grant', async () => {
  const figures = await roundsOfConsumers(arena, { rounds: 5, name: 'consumed', times: 200 });
  expect(figures).toMatchObject({ consumptionsPerRound: 1 });
  expect(await findViolations(arena.sql, { now: new Date() })).toEqual([]);
}, 30_000);

it('the naive grant that is looked up first and marked afterwards is used more than once', async () => {
  const { consumed } = await consumeAtOnce(
    arena,
    { implementation: 'checkedThenConsumed' },
    { subjectId: 'ada', times: 200 },
  );
  expect(consumed).toBeGreaterThan(1);
}, 30_000);

it('the naive grant that is a signed text without a used mark is used every time', async () => {
  const { consumed } = await consumeAtOnce(
    arena,
    { implementation: 'statelessGrant' },
    { subjectId: 'ada', times: 200 },
  );
  expect(consumed).toBe(200);
}, 30_000);

it('uses no grant for other data, slug, subject or session, two hundred times at once, and leaves it usable', async () => {
  const asked = transferOf('grace', 'session-1');
  const id = await openGrant(arena, core, asked);
  const altered = [
    { data: { ...asked.data, amountCents: 250_001 } },
    { data: { ...asked.data, to: 'GB30' } },
    { data: { ...asked.data, extra: null } },
    { data: { ...asked.data, amountCents: 1n } },
    { data: undefined },
    { slug: 'transfer2' },
    { subjectId: 'ada' },
    { sessionId: 'session-2' },
    { sessionId: null },
    { sessionId: undefined },
  ];
  const calls = Array.from({ length: 200 }, (_, n) => consumeCall(id, asked, altered[n % altered.length]));
  const { outcomes } = await arena.race(core, calls);
  expect(tally(outcomes)).toEqual({ data_mismatch: 120, not_found: 80 });
  const used = await arena.race(core, [consumeCall(id, asked)]);
  expect(tally(used.outcomes)).toEqual({ done: 1 });
}, 30_000);
