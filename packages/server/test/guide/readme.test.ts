import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { createCountersign } from '../../src/index.ts';
import { readGuide } from './program.ts';

const { text } = readGuide('packages/server/README.md');
const namesIn = (pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

it('the README names what `createCountersign` answers, all of it', async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const options = {
    issuer: 'Acme Bank',
    audience: 'bank.example',
    database: database.url,
    secret,
    methods: [],
  };
  const cs = await createCountersign(options);
  await cs.close();
  expect(namesIn(/`cs\.([A-Za-z]+)/g).toSorted()).toEqual(Object.keys(cs).toSorted());
});

it('the README names every command', () => {
  const names = createProgram().commands.map((command) => command.name());
  expect(namesIn(/^\| `countersign ([a-z-]+)/gm).toSorted()).toEqual(names.toSorted());
});
