import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logStart } from '../../src/event/position.ts';
import { readNew } from '../../src/event/read.ts';
import { readRow, writeRow } from '../../src/event/row-text.ts';
import { openTestCore } from '../../testing/index.ts';
import { arrangeTwoSubjects } from '../log/two-subjects.ts';
import { nthRow } from './rows.ts';

it('carries every row that the database gives as it is: times, nulls, payloads and contexts', async () => {
  await using test = await openTestCore();
  await arrangeTwoSubjects(test);
  await test.events(test.service, {});
  const rows = await test.service.database.pool.query(readNew, { ...logStart, limit: 500 });
  expect(rows.length).toBeGreaterThan(40);
  expect(new Set(rows.map(({ type }) => type)).size).toBeGreaterThan(3);
  expect(rows.map((row) => readRow(writeRow(row)))).toEqual(rows);
});

it('carries any payload, context and text', () => {
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const payload = fc
    .dictionary(fc.string(), json)
    .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
  const text = fc.option(fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(payload, json, text, text, fc.date({ noInvalidDate: true, min: new Date(0) }), (...parts) => {
      const [data, context, subject_id, session_id, occurred_at] = parts;
      fc.pre(occurred_at.getUTCFullYear() < 10_000);
      const row = nthRow(1, { data, context, subject_id, session_id, occurred_at });
      expect(readRow(writeRow(row))).toStrictEqual(row);
    }),
  );
});

it('keeps a key that is called __proto__ what it is, and changes no prototype', () => {
  const data = JSON.parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
  const read = readRow(writeRow(nthRow(1, { data })));
  expect(JSON.stringify(read?.data)).toBe(JSON.stringify(data));
  expect(Object.getPrototypeOf(read?.data)).toBe(Object.prototype);
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
});

it('passes on a type that a newer version has written, as the database does', () => {
  const row = nthRow(1, { type: 'authorization_request.escalated' as 'authorization_request.created' });
  expect(readRow(writeRow(row))).toEqual(row);
});

it.each([
  ['no text at all', ''],
  ['no JSON', '{"version":1'],
  ['no object', '[1,2]'],
  ['another version', { version: 2 }],
  ['no version', { version: undefined }],
  ['no time', { occurred_at: 'soon' }],
  ['no transaction', { txid: '-1' }],
  ['no id', { id: 'evt_1' }],
  ['no thing that it is about', { about_kind: 'planet' }],
  ['a payload that is a list', { data: [1] }],
  ['no payload', { data: undefined }],
  ['no sequence', { sequence: '1' }],
])('reads no row from a text with %s', (_, change) => {
  const whole = JSON.parse(writeRow(nthRow(1))) as object;
  expect(readRow(JSON.stringify(whole))).not.toBeNull();
  expect(readRow(typeof change === 'string' ? change : JSON.stringify({ ...whole, ...change }))).toBeNull();
});
