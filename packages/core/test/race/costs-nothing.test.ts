import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor, Receipt } from '../../src/index.ts';
import { core, openArena, type Arena } from './arena.ts';
import { consumeCall, openGrant } from './attack/consume.ts';
import { openRequest, transferOf } from './attack/open-request.ts';
import { answerOf, grantCall, rightCode, tally, wrongCode, type Call } from './call.ts';
import { count, look, looseCharges } from './look.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.asyncDispose]());

const times = 200;

/** Nothing was spent: all attempts are there, nothing is held against the subject, and the right code grants. */
async function expectUntouched(id: string, subjectId: string, sessionId: string): Promise<void> {
  expect(await look(arena.sql, id)).toMatchObject({
    state: 'waiting',
    attemptsLeft: 5,
    events: ['1 created', '2 challenged'],
  });
  expect(await looseCharges(arena.sql, subjectId)).toEqual({ charges: 0, streaks: {} });
  const owner: Actor = { kind: 'subject', subjectId, sessionId };
  expect(await arena.ask(core, grantCall(id, rightCode, owner))).toMatchObject({ granted: true });
}

it('spends no attempt of anyone for two hundred parallel guesses by strangers and in other sessions', async () => {
  const id = await openRequest(arena, core, transferOf('ada', 'session-1'));
  const strangers: Actor[] = [
    { kind: 'subject', subjectId: 'grace', sessionId: 'session-1' },
    { kind: 'subject', subjectId: 'ada', sessionId: 'session-2' },
    { kind: 'subject', subjectId: 'ada', sessionId: null },
    { kind: 'subject', subjectId: '', sessionId: 'session-1' },
    { kind: 'device', subjectId: 'grace', factorId: 'fact_1' },
  ];
  const calls = Array.from({ length: times }, (_, n) =>
    grantCall(id, n % 3 === 0 ? rightCode : wrongCode(n), strangers[n % strangers.length]),
  );
  expect(tally((await arena.race(core, calls)).outcomes)).toEqual({ not_found: times });
  await expectUntouched(id, 'ada', 'session-1');
}, 30_000);

it('spends no attempt for two hundred parallel proofs of the wrong shape', async () => {
  const id = await openRequest(arena, core, transferOf('alan', 'session-1'));
  const codes = [
    '',
    '1',
    '12345',
    '12345678901',
    'abcdef',
    '１３５７２４６８',
    ` ${rightCode}`,
    Number(rightCode),
    null,
  ];
  const shapes = [...codes.map((code) => ({ method: 'otp', code })), { method: 'otp' }, { code: rightCode }];
  const calls = Array.from({ length: times }, (_, n): Call => ({
    command: n % 2 === 0 ? 'grant' : 'check',
    input: { id, proof: shapes[n % shapes.length] },
  }));
  expect(tally((await arena.race(core, calls)).outcomes)).toEqual({ invalid_input: times });
  await expectUntouched(id, 'alan', 'session-1');
}, 30_000);

it('spends one attempt for a wrong guess that comes two hundred times with its idempotency key', async () => {
  const id = await openRequest(arena, core, transferOf('edsger'));
  const guess: Call = {
    command: 'grant',
    input: { id, proof: { method: 'otp', code: wrongCode(1) }, idempotencyKey: 'guess' },
  };
  const { outcomes } = await arena.race(core, Array<Call>(times).fill(guess));
  const { wrong = 0, idempotency_conflict: inProgress = 0 } = tally(outcomes);
  expect(wrong).toBeGreaterThan(0);
  expect(wrong + inProgress).toBe(times);
  const request = await look(arena.sql, id);
  expect(request).toMatchObject({ state: 'waiting', attemptsLeft: 4, attemptsOpen: 0 });
  expect(count(request.events, 'check_failed')).toBe(1);
}, 30_000);

it('gives one receipt to two hundred parallel consumers that bring the same idempotency key', async () => {
  const asked = transferOf('barbara');
  const id = await openGrant(arena, core, asked);
  const call = consumeCall(id, asked, { idempotencyKey: 'consume' });
  const { outcomes } = await arena.race(core, Array<Call>(times).fill(call));
  const { done = 0, idempotency_conflict: inProgress = 0 } = tally(outcomes);
  expect(done + inProgress).toBe(times);
  const [first, ...others] = outcomes.filter(({ ok }) => ok).map((outcome) => answerOf<Receipt>(outcome));
  expect(first).toMatchObject({ consumed: true });
  for (const other of others) expect(other).toEqual(first);
  expect(count((await look(arena.sql, id)).events, 'consumed')).toBe(1);
}, 30_000);
