import { expect, it } from 'vitest';
import { openArena } from './arena.ts';
import { mixCommands } from './attack/mix.ts';

it('takes every mix of commands from four processes without a deadlock, and keeps every invariant', async () => {
  await using arena = await openArena();
  const { verdicts, deadlocks } = await mixCommands(arena, { milliseconds: 5000, seed: 0x5eed });
  expect(deadlocks).toBe(0);
  // It was a mix: every kind of end was reached.
  const kinds = ['granted', 'wrong', 'valid', 'done', 'not_waiting', 'rate_limited', 'attempts_exhausted'];
  expect(kinds.filter((kind) => !Object.hasOwn(verdicts, kind))).toEqual([]);
}, 60_000);
