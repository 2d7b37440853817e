import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findNatsServer } from './find-nats-server.ts';
import { leftOutWithoutNats } from './nats-tests.ts';
import { emptyTally } from './tally.ts';

it('says which tests were left out without a nats-server, counts them as skipped, or as failed where they must run', () => {
  const { tally, notice } = leftOutWithoutNats(null, [], false);
  expect(tally.skipped).toBeGreaterThan(10);
  expect(tally).toEqual({ ...emptyTally, skipped: tally.skipped });
  expect(notice).toContain(`${tally.skipped} NATS tests were left out`);
  expect(notice.split('\n  - ')).toHaveLength(1 + tally.skipped);
  expect(leftOutWithoutNats(null, [], true).tally).toEqual({ ...emptyTally, failed: tally.skipped });
});

it('counts only what was asked for, and nothing where there is one', () => {
  const nothing = { tally: emptyTally, notice: '' };
  expect(leftOutWithoutNats(null, ['packages/core'], true)).toEqual(nothing);
  expect(leftOutWithoutNats('/usr/sbin/nats-server', [], true)).toEqual(nothing);
});

it('finds the server on PATH, or the one that is named and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-'));
  try {
    const program = join(folder, 'nats-server');
    writeFileSync(program, '', { mode: 0o755 });
    expect(findNatsServer({ PATH: `/nowhere:${folder}` })).toBe(program);
    expect(findNatsServer({ NATS_SERVER_PATH: program, PATH: '' })).toBe(program);
    expect(findNatsServer({ NATS_SERVER_PATH: '/nowhere/nats-server', PATH: folder })).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
