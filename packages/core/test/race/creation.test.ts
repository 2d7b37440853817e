import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../testing/invariants.ts';
import { core, openArena, type Arena } from './arena.ts';
import { createCall, openRequest, transferOf } from './attack/open-request.ts';
import { tally, verdictOf, type Call } from './call.ts';
import { withoutOtherLimits } from './without-other-limits.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena[Symbol.asyncDispose]());

const noon = Date.UTC(2026, 5, 1, 12);
const minute = 60_000;

/** Creations for one subject, each with a mailbox of its own. */
function creations(subjectId: string, times: number): Call[] {
  return Array.from({ length: times }, (_, n) =>
    createCall(transferOf(subjectId), {
      deliverTo: { channel: 'email', address: `${subjectId}-${n}@example.org` },
    }),
  );
}

async function countRequests(subjectId: string): Promise<number> {
  const { rows } = await arena.sql.query(
    'SELECT FROM countersign.authorization_request WHERE subject_id = $1',
    [subjectId],
  );
  return rows.length;
}

it('opens ten waiting requests of a subject, of two hundred that are created at once', async () => {
  const { outcomes, messages } = await arena.race(core, creations('ada', 200), noon);
  expect(tally(outcomes)).toEqual({ done: 10, rate_limited: 190 });
  expect(messages).toHaveLength(10);
  expect(await countRequests('ada')).toBe(10);
  expect(await findViolations(arena.sql)).toEqual([]);
}, 30_000);

it('sends thirty messages for a subject in a day, of creations and resends at once', async () => {
  const side = { ...core, limits: withoutOtherLimits('sendsPerSubjectDayMax') };
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await openRequest(arena, side, transferOf('grace'), noon));
  const calls = [
    ...creations('grace', 150),
    ...ids.map((id): Call => ({ command: 'challenge', input: { id } })),
  ];
  const { outcomes, messages } = await arena.race(side, calls.toReversed(), noon + 2 * minute);
  expect(tally(outcomes)).toEqual({ done: 25, rate_limited: 130 });
  expect(messages).toHaveLength(25);
  const later = await arena.race(side, creations('grace', 40), noon + 24 * 60 * minute);
  expect(tally(later.outcomes)).toEqual({ done: 5, rate_limited: 35 });
}, 30_000);

it('sends ten messages to a recipient in ten minutes and thirty in a day, however it is spelled and whoever asks', async () => {
  const spelled = (n: number) => ['alan@example.org', 'ALAN@example.org', `alan+${n}@EXAMPLE.org`][n % 3];
  const calls = Array.from({ length: 80 }, (_, n) =>
    createCall(transferOf(`reader-${n}`), { deliverTo: { channel: 'email', address: spelled(n) } }),
  );
  for (const [minutes, sent] of [
    [0, 10],
    [9, 0],
    [10, 10],
    [20, 10],
    [30, 0],
    [24 * 60 - 1, 0],
    [24 * 60, 10],
  ] as const) {
    const { outcomes, messages } = await arena.race(core, calls, noon + minutes * minute);
    expect({ minutes, ...tally(outcomes) }).toEqual({
      minutes,
      ...(sent && { done: sent }),
      rate_limited: 80 - sent,
    });
    expect(messages).toHaveLength(sent);
  }
}, 60_000);

it('makes one request and sends one message for an idempotency key that two hundred calls bring at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const subjectId = `keyed-${round}`;
    const call = createCall(transferOf(subjectId), { idempotencyKey: `key-${round}` });
    const { outcomes, messages } = await arena.race(
      core,
      Array.from({ length: 200 }, () => call),
    );
    const answers = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.answer] : []));
    const refused = outcomes.filter((outcome) => !outcome.ok);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.every((answer) => isDeepStrictEqual(answer, answers[0]))).toBe(true);
    expect(
      refused.every(
        (outcome) => outcome.reason === 'idempotency_conflict' && outcome.details?.['inProgress'] === true,
      ),
    ).toBe(true);
    expect(messages).toHaveLength(1);
    expect(await countRequests(subjectId)).toBe(1);
  }
}, 60_000);

it('refuses the same key with another input, of two hundred calls with two inputs at once', async () => {
  const inputs = ['one', 'two'].map((to) =>
    createCall({ ...transferOf('edsger'), data: { to, amountCents: 1 } }, { idempotencyKey: 'two-inputs' }),
  );
  const { outcomes, messages } = await arena.race(
    core,
    Array.from({ length: 200 }, (_, n) => inputs[n % 2] as Call),
  );
  const verdicts = [0, 1].map((side) => [
    ...new Set(outcomes.filter((_, n) => n % 2 === side).map(verdictOf)),
  ]);
  expect(verdicts).toContainEqual(['idempotency_conflict']);
  expect(await countRequests('edsger')).toBe(1);
  expect(messages).toHaveLength(1);
}, 30_000);

it('sends one message per cool-down and three in all, of two hundred resends and resets at once', async () => {
  const id = await openRequest(arena, core, transferOf('barbara'), noon);
  const calls = Array.from({ length: 200 }, (_, n): Call => ({
    command: n % 2 === 0 ? 'challenge' : 'reset',
    input: { id },
  }));
  for (const [seconds, sent] of [
    [59, 0],
    [60, 1],
    [119, 0],
    [120, 1],
    [180, 1],
    [240, 0],
  ] as const) {
    const { outcomes, messages } = await arena.race(core, calls, noon + seconds * 1000);
    expect({ seconds, ...tally(outcomes) }).toEqual({
      seconds,
      ...(sent && { done: sent }),
      rate_limited: 200 - sent,
    });
    expect(messages).toHaveLength(sent);
  }
  expect(await findViolations(arena.sql, { limits: withoutOtherLimits('sendsPerSubjectDayMax') })).toEqual(
    [],
  );
}, 60_000);
