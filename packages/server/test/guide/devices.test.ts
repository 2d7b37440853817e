import { defaultLimits } from '@countersign/core';
import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { vectors } from '../../../core/test/method/device/vectors.ts';
import { print, readGuide, tablesOf } from './program.ts';

const guide = readGuide('docs/guides/devices.md');
const program = guide.blocks.join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

it('the limits of the guide are those of the code', () => {
  const { promptsWaitingMax, promptsPerHourMax, mutedSeconds, challengesPerRequestMax } = defaultLimits;
  expect(tablesOf(guide)).toContainEqual([
    ['waiting at the same time', `${promptsWaitingMax} of one subject, 1 of each operation`],
    ['in an hour', `${promptsPerHourMax}, counted anew when one is answered rightly`],
    ['after a signed "this was not me"', `none for ${mutedSeconds / 60} minutes`],
    ['challenges of one request', String(challengesPerRequestMax)],
  ]);
});

it('the vector of the guide is the one that core and client are held to', () => {
  const [{ values, bytes, ed25519 }] = vectors.decisions as [(typeof vectors.decisions)[number]];
  expect(guide.printed.split('\n')).toContain(ed25519);
  const said = [...program.matchAll(/^ {2}'(.*)'[ +;]*$/gm)].map(([, part]) => part).join('');
  expect(JSON.parse(said)).toEqual(values);
  expect(Buffer.from(`countersign/device/v1\0${said}`).toString('hex')).toBe(bytes);
});

it('the guide names every value that is signed, in its order', () => {
  const names = (row: string): string[] => [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const cells = tablesOf(guide).flat();
  const rowOf = (what: string): string => cells.find(([first]) => first === what)?.[1] ?? '';
  const [decision, authentication] = [vectors.decisions[0]?.values, vectors.authentications[0]?.values];
  expect(names(rowOf('a decision'))).toEqual(Object.keys(decision ?? {}).toSorted());
  expect(names(rowOf('who it is'))).toEqual(Object.keys(authentication ?? {}).toSorted());
});
