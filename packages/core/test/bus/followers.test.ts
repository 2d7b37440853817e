import { describe, expect, it } from 'vitest';
import { Followers } from '../../src/event/followers.ts';
import { openFeed } from '../../src/event/feed.ts';
import type { LogFilter } from '../../src/event/filter.ts';
import type { LogReader } from '../../src/event/log-reader.ts';
import { logStart } from '../../src/event/position.ts';
import type { EventRow } from '../../src/event/row.ts';
import { silentLogger, type Logger } from '../../src/index.ts';
import { nthRow } from './rows.ts';

interface Listening {
  readonly calls: EventRow[][];
  ended: boolean;
}

function follow(followers: Followers, subjectId?: string | null): Listening & { leave(): void } {
  const heard: Listening = { calls: [], ended: false };
  const leave = followers.add({
    ...(subjectId !== undefined && { subjectId }),
    told: (rows) => heard.calls.push([...rows]),
    ended: () => (heard.ended = true),
  });
  return Object.assign(heard, { leave });
}

describe('those who follow the log', () => {
  it('are asked only when they want the event: one of ten thousand, and those who want everything', () => {
    const followers = new Followers(silentLogger);
    let asked = 0;
    for (let n = 0; n < 10_000; n += 1)
      followers.add({ subjectId: `subject-${n}`, told: () => (asked += 1), ended() {} });
    for (let n = 0; n < 3; n += 1) followers.add({ told: () => (asked += 1), ended() {} });
    for (let n = 0; n < 800; n += 1) followers.tell([nthRow(n, { subject_id: `subject-${n}` })]);
    expect(asked).toBe(800 * (1 + 3));
  });

  it('of one subject are asked once for a batch, with what is theirs, in order', () => {
    const followers = new Followers(silentLogger);
    const ada = follow(followers, 'subject-1');
    const other = follow(followers, 'subject-1');
    const all = follow(followers, null);
    const rows = Array.from({ length: 12 }, (_, n) => nthRow(n));
    rows.push(nthRow(12, { subject_id: null }));
    followers.tell(rows);
    expect(ada.calls).toEqual([[nthRow(1), nthRow(6), nthRow(11)]]);
    expect(other.calls).toEqual(ada.calls);
    expect(all.calls).toEqual([rows]);
  });

  it('that have left are not asked, others of the same subject are, and nothing is kept of the last', () => {
    const followers = new Followers(silentLogger);
    const [gone, stays] = [follow(followers, 'subject-0'), follow(followers, 'subject-0')];
    gone.leave();
    gone.leave();
    followers.tell([nthRow(0)]);
    expect([gone.calls.length, stays.calls.length]).toEqual([0, 1]);
    stays.leave();
    expect(followers.isEmpty).toBe(true);
    const late = follow(followers, 'subject-0');
    stays.leave(); // of a set that is no longer theirs
    followers.tell([nthRow(0)]);
    expect(late.calls).toHaveLength(1);
  });

  it('are told when it is over, once, also when they leave while they are told', () => {
    const followers = new Followers(silentLogger);
    const all = ['subject-0', 'subject-1', null].map((subjectId) => follow(followers, subjectId));
    followers.end();
    expect(all.map(({ ended }) => ended)).toEqual([true, true, true]);
    expect(followers.isEmpty).toBe(true);
  });

  it('do not keep each other from being told when one fails', () => {
    const errors: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: ({ cause }) => errors.push(cause) };
    const followers = new Followers(logger);
    followers.add({
      subjectId: 'subject-0',
      told() {
        throw new Error('on purpose');
      },
      ended() {},
    });
    const other = follow(followers, 'subject-0');
    followers.tell([nthRow(0)]);
    expect(other.calls).toHaveLength(1);
    expect(errors).toEqual([new Error('on purpose')]);
  });
});

it('a stream of one subject follows that subject alone', async () => {
  const followers = new Followers(silentLogger);
  const reader = { place: logStart, follow: (one) => followers.add(one) } as Partial<LogReader> as LogReader;
  const filter: LogFilter = {
    subjectId: 'subject-2',
    aboutId: null,
    types: null,
    slug: null,
    everySession: true,
    sessionId: null,
  };
  const feed = openFeed(reader, filter, undefined);
  followers.tell(Array.from({ length: 10 }, (_, n) => nthRow(n)));
  expect([await feed.next(), await feed.next()]).toEqual([nthRow(2), nthRow(7)]);
  feed.close();
  expect(followers.isEmpty).toBe(true);
});
