import { describe, expect, it } from 'vitest';
import { decide, statusAt, type Command, type Snapshot } from '../../src/confirmation/state.ts';

const expiresAt = new Date('2026-11-22T12:10:00Z');
const before = new Date(expiresAt.getTime() - 1);
const open: Snapshot = {
  state: 'open',
  isBegun: false,
  attemptsLeft: 5,
  attemptsOpen: 0,
  sequence: 1,
  expiresAt,
};

describe('a confirmation', () => {
  const confirmed: Snapshot = { ...open, state: 'confirmed' };
  const used: Snapshot = { ...open, state: 'used' };
  const expired: Snapshot = { ...open, state: 'expired' };
  const spent: Snapshot = { ...open, attemptsLeft: 0 };

  it.each<[string, Snapshot, Date, Command, string]>([
    ['open', open, before, 'reserve', 'open'],
    ['open', open, before, 'right', 'confirmed'],
    ['open', open, before, 'wrong', 'open'],
    ['open', open, before, 'use', 'unavailable'],
    ['open', open, before, 'expire', 'unavailable'],
    ['open, no attempt left', spent, before, 'reserve', 'attempts_exhausted'],
    ['open, at its expiry', open, expiresAt, 'reserve', 'expired'],
    ['open, at its expiry', open, expiresAt, 'right', 'expired'],
    ['open, at its expiry', open, expiresAt, 'use', 'expired'],
    ['open, at its expiry', open, expiresAt, 'expire', 'expired!'],
    ['confirmed', confirmed, before, 'reserve', 'already_confirmed'],
    ['confirmed', confirmed, before, 'right', 'already_confirmed'],
    ['confirmed', confirmed, before, 'wrong', 'confirmed'],
    ['confirmed', confirmed, before, 'use', 'used'],
    ['confirmed', confirmed, before, 'expire', 'unavailable'],
    ['confirmed, at its expiry', confirmed, expiresAt, 'use', 'expired'],
    ['confirmed, at its expiry', confirmed, expiresAt, 'right', 'expired'],
    ['confirmed, at its expiry', confirmed, expiresAt, 'expire', 'expired!'],
    ['used', used, before, 'reserve', 'unavailable'],
    ['used', used, before, 'right', 'unavailable'],
    ['used', used, before, 'use', 'unavailable'],
    ['used, at its expiry', used, expiresAt, 'expire', 'unavailable'],
    ['expired', expired, expiresAt, 'reserve', 'expired'],
    ['expired', expired, expiresAt, 'use', 'expired'],
    ['expired', expired, expiresAt, 'expire', 'unavailable'],
  ])('that is %s (%#): %s', (_, snapshot, now, command, expected) => {
    const decision = decide(snapshot, command, now);
    if (decision.ok) expect(decision.next.state).toBe(expected.replace('!', ''));
    else expect(decision.refusal).toBe(expected);
  });

  it('spends an attempt when it is reserved, and none when it is settled', () => {
    const reserved = decide(open, 'reserve', before);
    expect(reserved).toMatchObject({ next: { attemptsLeft: 4, attemptsOpen: 1 }, events: [] });
    if (!reserved.ok) return;
    const wrong = decide(reserved.next, 'wrong', expiresAt);
    expect(wrong).toMatchObject({
      next: { attemptsLeft: 4, attemptsOpen: 0, sequence: 2 },
      events: ['failed'],
    });
  });

  it('is new until something was asked or tried, and reads as expired without any job', () => {
    expect(statusAt(open, before)).toBe('new');
    expect(statusAt({ ...open, isBegun: true }, before)).toBe('in_process');
    expect(statusAt(confirmed, before)).toBe('confirmed');
    expect(statusAt(used, expiresAt)).toBe('used');
    for (const snapshot of [open, confirmed, expired]) expect(statusAt(snapshot, expiresAt)).toBe('expired');
  });
});
