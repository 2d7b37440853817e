import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultless } from './compare.ts';
import { startOwnServer } from './own-server.ts';
import { writeAndRead, type LogRun } from './write-and-read.ts';

let server: AsyncDisposable;
let run: LogRun;
beforeAll(async () => {
  server = await startOwnServer();
  run = await writeAndRead({ milliseconds: 5000, writers: 12, seed: 0x5eed });
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

const readers = [
  'pages of 50',
  'pages, cut off at any event',
  'log reader',
  'stream',
  'stream, cut off at any event',
  'stream, read slowly',
];

it.each(readers)(
  'tells each event once, none lost, none invented, in the order of each request (%s)',
  (name) => {
    expect(run.events).toBeGreaterThan(500);
    expect(run.readers[name]).toEqual({ told: run.events, ...faultless });
  },
);

it('tells a watch of each request every event up to its end, while transactions are held open and rolled back', () => {
  const { events, ...told } = run.watches;
  expect(events).toBeGreaterThan(500);
  expect(told).toEqual({ told: events, ...faultless });
});

it.each(['id > last', 'planted_number > last'])(
  'the naive reader of %s loses events of the same run',
  (name) => {
    expect(run.naive[name]?.lost).toBeGreaterThan(0);
  },
);
