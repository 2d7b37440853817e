import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataHash } from '../../src/index.ts';
import { keyedDigest } from '../../src/keys.ts';
import { joinedDigest } from '../planted/joined-digest.ts';
import { core, openArena, type Arena } from './arena.ts';
import { findCollision } from './attack/collide.ts';
import { answerAfterExpiry, answerAs, answerInSession, consumeFor } from './attack/trespass.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena({ processes: 0 });
});
afterAll(() => arena[Symbol.asyncDispose]());

it('grants in the last millisecond and never after it, with every background job off', async () => {
  expect(await answerAfterExpiry(arena, core, -1)).toBe(true);
  expect(await answerAfterExpiry(arena, core, 0)).toBe(false);
  expect(await answerAfterExpiry(arena, core, 1000)).toBe(false);
});

it('the naive expiry that the cleaner enforces grants after it', async () => {
  expect(await answerAfterExpiry(arena, { implementation: 'expiredByCleaner' }, 1000)).toBe(true);
});

it('lets nobody but its owner answer a request, and opens none without an owner', async () => {
  expect(await answerAs(arena, core, 'grace', 'grace')).toBe(true);
  for (const owner of ['ada', 'grace ', 'Grace', '', undefined]) {
    for (const other of ['grace', ''])
      expect(await answerAs(arena, core, owner, other), `${owner} ${other}`).toBe(false);
  }
});

it('the naive owner that is compared when there is one lets a stranger answer', async () => {
  const side = { implementation: 'ownerUnset' };
  expect(await answerAs(arena, side, 'ada', 'grace')).toBe(false);
  expect(await answerAs(arena, side, undefined, 'grace')).toBe(true);
});

it('counts two missing sessions as no match, and answers in the one session that was bound', async () => {
  expect(await answerInSession(arena, core, 'session-1', 'session-1')).toBe(true);
  for (const [opened, answered] of [
    [null, null],
    ['session-1', null],
    ['session-1', 'session-2'],
    ['session-1', ''],
    ['', ''],
  ] as const) {
    expect(await answerInSession(arena, core, opened, answered), `${opened} ${answered}`).toBe(false);
  }
});

it('the naive session that is missing on both sides matches', async () => {
  expect(await answerInSession(arena, { implementation: 'nullSession' }, null, null)).toBe(true);
});

it('uses a grant for the subject that gave it', async () => {
  expect(await consumeFor(arena, core, 'ada')).toBe(true);
  expect(await consumeFor(arena, core, 'grace')).toBe(false);
});

it('the naive grant that names no subject is used for another one', async () => {
  expect(await consumeFor(arena, { implementation: 'anySubject' }, 'grace')).toBe(true);
});

it('signs no two lists of parts alike, whatever separators are inside', () => {
  const key = createSecretKey(randomBytes(32));
  expect(findCollision((parts) => keyedDigest(key, parts))).toBeNull();
  expect(findCollision(([slug = '', ...rest]) => dataHash(slug, rest))).toBeNull();
});

it('the naive digest over joined parts signs two of them alike', () => {
  const key = createSecretKey(randomBytes(32));
  expect(findCollision((parts) => joinedDigest(key, parts))).not.toBeNull();
});
