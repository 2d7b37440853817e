import { allowsHttp, allowsProcedure, parseScope, type ProcedureType } from '@countersign/core/scoped-token';
import { createTestDatabase } from '@countersign/core/testing';
import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { staleSeconds } from '../../../core/src/keep-current.ts';
import { queryLifetimeSecondsMax } from '../../../core/src/scoped-token/carriers.ts';
import { nextSecondsMin } from '../../../core/src/scoped-token/key/lifetimes.ts';
import { rejectionsPerMinuteMax } from '../../../core/src/scoped-token/reject.ts';
import { lifetimeSecondsDefault } from '../../../core/src/scoped-token/schema.ts';
import * as format from '../../../core/src/scoped-token/cst1/format.ts';
import { createProgram } from '../../src/cli/program.ts';
import { dpopLimits } from '../../src/dpop/limits.ts';
import { print, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/scoped-tokens.md');
const program = guide.blocks.join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

const types: readonly string[] = ['query', 'mutation', 'subscription'] satisfies ProcedureType[];

/** Whether a grant opens `query invoice.list`, or `GET /foo`. */
function opens(grant: string, call: string): boolean {
  const scope = parseScope([grant]);
  const [kind = '', path = ''] = call.split(' ');
  return types.includes(kind)
    ? allowsProcedure(scope, kind as ProcedureType, path)
    : allowsHttp(scope, kind, path);
}

it('each grant of the table opens what is said, and not what is said not to', () => {
  const rows = rowsOf(guide, 'grant');
  expect(rows.length).toBeGreaterThan(5);
  for (const [[grant = ''] = [], opened = [], closed = []] of rows) {
    expect([opened.length, closed.length]).not.toContain(0);
    for (const call of opened)
      expect({ grant, call, opens: opens(grant, call) }).toMatchObject({ opens: true });
    for (const call of closed)
      expect({ grant, call, opens: opens(grant, call) }).toMatchObject({ opens: false });
  }
});

it('each command of the guide is one, with these options', () => {
  expect(guide.commands.length).toBeGreaterThan(3);
  for (const line of guide.commands) {
    const [name, ...words] = line.split(' ');
    expect(name).toBe('countersign');
    const command = words.reduce<Command>(
      (found, word) => found.commands.find((one) => one.name() === word) ?? found,
      createProgram(),
    );
    expect({ line, command: command.name() }).toEqual({ line, command: words[1] });
    const known = command.options.map(({ long }) => long);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(known).toContain(option);
  }
});

it('the limits of the guide are those of the code', () => {
  const count = (number: number): string => number.toLocaleString('en-US');
  const { proofCharactersMax, ageSecondsMax, aheadSecondsMax, rememberedMax, rememberedPerHolderMax } =
    dpopLimits;
  expect(lifetimeSecondsDefault).toBe(60 * 60);
  const rows = [
    `| a token | ${count(format.tokenCharactersMax)} characters; its authority ${count(format.authorityCharactersMax)} |`,
    `| narrowings | ${format.blocksMax} blocks of ${count(format.blockCharactersMax)} characters |`,
    `| lifetime | ${format.lifetimeSecondsMax / 3600} hours at most, one hour when nothing is said |`,
    `| clocks | no tolerance for the end, ${format.clockSkewSeconds} seconds for the beginning |`,
    `| in a URL | ${queryLifetimeSecondsMax} seconds, or once |`,
    `| knowledge of keys and revocations | trusted for ${staleSeconds} seconds |`,
    `| a new key | \`next\` for ${nextSecondsMin} seconds before it mints |`,
    `| a proof of a client key | ${count(proofCharactersMax)} characters, ${ageSecondsMax} seconds old, ${aheadSecondsMax} ahead; ${count(rememberedMax)} remembered by a process, ${count(rememberedPerHolderMax)} of one subject |`,
    `| events of refusals | one a minute for a token and reason, ${rejectionsPerMinuteMax} a minute of one process |`,
  ];
  expect(rows.filter((row) => !guide.text.includes(row))).toEqual([]);
});
