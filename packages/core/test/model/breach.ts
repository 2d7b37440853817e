import type { Snapshot } from '../../src/authorization-request/state.ts';
import type { PureRequest } from './pure-system.ts';

const finals = ['granted', 'denied', 'cancelled', 'expired'];

/**
 * The invariants of one request, of its row and its events alone, whatever any model predicts: what
 * `findViolations` asks of the tables.
 */
export function findBreaches(
  before: Snapshot | undefined,
  { snapshot: after, events }: PureRequest,
): string[] {
  const breaches: string[] = [];
  const must = (holds: boolean, promise: string): void => {
    if (!holds) breaches.push(promise);
  };
  const decisions = events.filter((event) => finals.includes(event));
  const failures = events.filter((event) => event === 'check_failed').length;
  const consumptions = events.filter((event) => event === 'consumed').length;
  must(decisions.length <= 1, 'I1 a request is decided at most once');
  must((after.state === 'waiting' ? undefined : after.state) === decisions[0], 'I6 a decision has its event');
  must(after.attemptsLeft >= 0 && after.attemptsOpen >= 0, 'I4 attempts are never negative');
  must(events.length === after.sequence, 'I6 events are numbered without gaps');
  must(consumptions === (after.consumedAt ? 1 : 0), 'I9 a grant is consumed at most once');
  must(consumptions === 0 || after.state === 'granted', 'I9 what is consumed was granted');
  must(
    (after.state === 'granted') === (after.executeBefore !== null),
    'I9 a grant, and only a grant, has a window',
  );
  must(
    !after.consumedAt || (after.executeBefore !== null && after.consumedAt < after.executeBefore),
    'I10 consumed in its window',
  );
  must(after.reason !== 'attempts_exhausted' || after.attemptsLeft === 0, 'I4 exhausted with nothing left');
  must(
    after.expiresAt.getTime() <= after.createdAt.getTime() + 3_600_000,
    'I10 nobody answers after an hour',
  );
  if (!before) return breaches;
  must(before.state === 'waiting' || after.state === before.state, 'I1 final is final');
  must(!before.consumedAt || after.consumedAt === before.consumedAt, 'I9 a consumption is not undone');
  const gained = after.attemptsLeft - before.attemptsLeft;
  must(
    gained <= 0 || (gained === 1 && before.attemptsOpen > after.attemptsOpen),
    'I4 only a right check gives back, its own one',
  );
  must(after.attemptsOpen <= before.attemptsOpen || gained < 0, 'I4 an attempt is spent before it is judged');
  must(failures === 0 || after.sendsLeft <= before.sendsLeft, 'I12 sends never come back');
  if (after.state === 'granted' && before.state === 'waiting') {
    const grantedAt = (after.executeBefore?.getTime() ?? 0) - after.executeWithinSeconds * 1000;
    must(grantedAt < after.expiresAt.getTime(), 'I10 nothing is granted at or after expiry');
  }
  return breaches;
}
