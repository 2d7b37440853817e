import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftOutWithout } from './browser-tests.ts';
import { findChromium } from './find-chromium.ts';
import { addTallies, emptyTally } from './tally.ts';

describe('without a browser', () => {
  const { tally, notice } = leftOutWithout(null, [], false);

  it('says which tests were left out, and counts them as skipped', () => {
    expect(tally.skipped).toBeGreaterThan(2);
    expect(tally).toEqual({ ...emptyTally, skipped: tally.skipped });
    expect(notice).toContain(`${tally.skipped} browser tests were left out`);
    expect(notice.split('\n  - ')).toHaveLength(1 + tally.skipped);
  });

  it('fails where they must run', () => {
    expect(leftOutWithout(null, [], true).tally).toEqual({ ...emptyTally, failed: tally.skipped });
  });

  it('counts only what was asked for', () => {
    expect(leftOutWithout(null, ['packages/core'], true)).toEqual({ tally: emptyTally, notice: '' });
    const some = ['examples/bank', 'examples/embed-login', 'examples/embed-trpc', 'packages/client'].map(
      (asked) => leftOutWithout(null, [asked], false),
    );
    expect(addTallies(some.map((one) => one.tally))).toEqual(tally);
  });

  it('is nothing to speak of where there is one', () => {
    expect(leftOutWithout('/usr/bin/chromium', [], true)).toEqual({ tally: emptyTally, notice: '' });
  });
});

describe('the browser', () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chromium-'));
    program = join(folder, 'chromium');
    writeFileSync(program, '', { mode: 0o755 });
    writeFileSync(join(folder, 'google-chrome'), '', { mode: 0o644 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the one on PATH that can be run', () => {
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(program);
  });

  it('is the one that is named, and no other', () => {
    expect(findChromium({ CHROMIUM_PATH: program, PATH: '' })).toBe(program);
    expect(findChromium({ CHROMIUM_PATH: join(folder, 'google-chrome'), PATH: folder })).toBeNull();
    expect(findChromium({ CHROMIUM_PATH: '/nowhere/chromium', PATH: folder })).toBeNull();
  });
});
