import { describe, expect, it } from 'vitest';
import { judge } from '../../src/webhook/judge.ts';
import { nextTry, triesMax } from '../../src/webhook/schedule.ts';
import { readUrl } from '../../src/webhook/url.ts';
import type { WebhookFailure } from '../../src/index.ts';
import { systemRandomness } from '../../src/index.ts';
import { answers } from './endpoints.ts';

const now = new Date('2026-11-22T12:00:00Z');
/** Chance that always gives the least, the middle or the most. */
const chance = (share: number) => ({
  ...systemRandomness,
  integer: (limit: number) => Math.floor((limit - 1) * share),
});

function waits(share: number): number[] {
  const seconds = [];
  for (let tries = 1; ; tries += 1) {
    const at = nextTry(chance(share), { tries, now, retryAfterSeconds: null });
    if (at === null) return seconds;
    seconds.push((at.getTime() - now.getTime()) / 1000);
  }
}

describe('the schedule', () => {
  it('is ten tries in a little more than 75 hours, as Standard Webhooks has them', () => {
    expect(waits(0.5)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(waits(0.5).length + 1).toBe(triesMax);
    const hours = waits(0.5).reduce((sum, seconds) => sum + seconds, 0) / 3600;
    expect(hours).toBeCloseTo(75.58, 2);
  });

  it('differs by a tenth at most, either way, by chance', () => {
    for (const [index, seconds] of waits(0.5).entries()) {
      expect(waits(0)[index]).toBeCloseTo(seconds * 0.9, 6);
      expect(waits(1)[index]).toBeCloseTo(seconds * 1.1, 6);
    }
    const drawn = new Set(
      Array.from({ length: 50 }, () =>
        Number(nextTry(systemRandomness, { tries: 2, now, retryAfterSeconds: null })),
      ),
    );
    expect(drawn.size).toBeGreaterThan(10);
  });

  it.each([
    [1, 60, 60],
    [1, 1, 5],
    [2, 0, 300],
    [1, 10_000_000, 86_400],
    [1, -5, 5],
  ])(
    'after try %i, asked to wait %i s, waits %i s: longer if asked to, a day at most, never shorter',
    (tries, asked, wait) => {
      const at = nextTry(chance(0.5), { tries, now, retryAfterSeconds: asked });
      expect((Number(at) - now.getTime()) / 1000).toBe(wait);
    },
  );
});

describe('an outcome', () => {
  const judged = (outcome: Parameters<typeof judge>[1], tries = 1) =>
    judge(chance(0.5), outcome, { tries, now });
  const retried = { kind: 'retry', at: new Date(now.getTime() + 5000) };

  it.each([200, 201, 202, 204, 299])('of %i is delivered', (status) => {
    expect(judged(answers(status))).toEqual({ kind: 'delivered' });
  });

  it.each([100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 503, 999, Number.NaN])(
    'of %i is tried again, and failed after the last try',
    (status) => {
      expect(judged(answers(status))).toEqual(retried);
      expect(judged(answers(status), 10)).toEqual({ kind: 'failed', isGone: false });
      expect(judged(answers(status), 17)).toEqual({ kind: 'failed', isGone: false });
    },
  );

  it('of 410 ends the endpoint at once', () => {
    expect(judged(answers(410))).toEqual({ kind: 'failed', isGone: true });
  });

  it.each([
    [429, 60],
    [503, 60],
    [500, 5],
    [301, 5],
  ])('of %i with Retry-After 60 waits %i s', (status, seconds) => {
    const at = new Date(now.getTime() + seconds * 1000);
    expect(judged(answers(status, 60))).toEqual({ kind: 'retry', at });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('with Retry-After %d waits as without', (asked) => {
    expect(judged(answers(503, asked))).toEqual(retried);
  });

  it.each<WebhookFailure>([
    'address_refused',
    'redirected',
    'timed_out',
    'connection',
    'tls',
    'too_large',
    'name_not_resolved',
  ])('that is none, by %s, is tried again', (reason) => {
    expect(judged({ kind: 'failed', reason, milliseconds: 1 })).toEqual(retried);
  });

  it('of a process that stops is as if it had not been, even of the last try', () => {
    expect(judged({ kind: 'failed', reason: 'aborted', milliseconds: 1 }, 10)).toEqual({
      kind: 'given_back',
    });
  });
});

describe('an address', () => {
  const read = (text: string, allowsLoopback = false) => readUrl(text, { allowsLoopback });

  it.each([
    'https://ledger.example/hook',
    'https://ledger.example:8443/a?b=c',
    'https://xn--bcher-kva.example/',
  ])('%s is taken', (url) => {
    expect(read(url)).toEqual({ url });
  });

  it.each([
    'http://ledger.example/hook',
    'http://localhost/hook',
    'ftp://ledger.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://ada:secret@ledger.example/',
    'https://ada@ledger.example/',
    'https://ledger.example/#part',
    'https://ledger.example/#',
    'https://',
    'ledger.example',
    '',
    ' https://ledger.example/',
    'https://ledger.exa\nmple/',
    'ht\ttps://ledger.example/',
    'https://bücher.example/',
    'https://ledger.example/\u0000',
    `https://ledger.example/${'a'.repeat(2048)}`,
  ])('%j is refused', (url) => {
    expect(read(url)).toHaveProperty('wrong');
  });

  it('in plain HTTP is taken in development, to this machine alone', () => {
    for (const url of ['http://localhost:3000/hook', 'http://127.0.0.1:3000/', 'http://[::1]:3000/'])
      expect(read(url, true)).toEqual({ url });
    for (const url of [
      'http://ledger.example/',
      'http://localhost.example/',
      'http://127.0.0.1.example/',
      'http://ada@localhost/',
    ])
      expect(read(url, true)).toHaveProperty('wrong');
  });
});
