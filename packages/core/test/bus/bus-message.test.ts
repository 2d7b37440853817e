import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openBusMessages, type BusMessages } from '../../src/event/bus-message.ts';
import { formatPosition, logStart } from '../../src/event/position.ts';
import type { Database } from '../../src/database/executor.ts';
import { createKeys, type Secret } from '../../src/keys.ts';
import type { BusMessage } from '../../src/index.ts';
import { systemRandomness } from '../../src/runtime.ts';
import { nthRow } from './rows.ts';

const secret = randomBytes(32).toString('base64');
const home = '0197f3a0-0000-7000-8000-000000000001';

async function messagesOf(secretOfOne: Secret = secret, installation = home): Promise<BusMessages> {
  const database = { pool: { query: async () => [{ id: installation }] } } as unknown as Database;
  return await openBusMessages({ database, keys: createKeys(secretOfOne), randomness: systemRandomness });
}

const row = nthRow(4, { data: { title: 'Pay the ransom' }, context: { host: 'of mine' } });
const stretch = { after: nthRow(3), rows: [row] };

function only(messages: readonly BusMessage[]): BusMessage {
  const [first, ...rest] = messages;
  expect(rest).toEqual([]);
  return first ?? expect.fail('there is no message');
}

it('is read by another process of the installation, and by nobody who reads the bus', async () => {
  const message = only((await messagesOf()).write(stretch));
  expect((await messagesOf()).read(message)).toEqual(row);
  const onTheWire = Object.values(message).flatMap((text: string) => [
    text,
    Buffer.from(text, 'base64url').toString('latin1'),
  ]);
  for (const told of ['Pay', 'ransom', 'of mine', 'subject-4', 'transfer', 'created'])
    expect(onTheWire.filter((text) => text.includes(told))).toEqual([]);
});

it('names the place before its own, one after the other', async () => {
  const rows = [nthRow(4), nthRow(5), nthRow(6)];
  const written = (await messagesOf()).write({ after: logStart, rows });
  expect(written.map(({ id }) => id)).toEqual(rows.map(formatPosition));
  expect(written.map(({ after }) => after)).toEqual([logStart, ...rows.slice(0, 2)].map(formatPosition));
});

it('is nobody’s when it was written by another secret, or in another installation with the same one', async () => {
  const messages = await messagesOf();
  for (const stranger of [
    await messagesOf(randomBytes(32).toString('base64')),
    await messagesOf(secret, '0197f3a0-0000-7000-8000-000000000002'),
  ])
    expect(messages.read(only(stranger.write(stretch)))).toBeNull();
});

it('is read while the secret rotates, in both directions', async () => {
  const next = randomBytes(32).toString('base64');
  const rotated = await messagesOf({ active: next, previous: [secret] });
  const before = await messagesOf({ active: secret, previous: [next] });
  expect(rotated.read(only(before.write(stretch)))).toEqual(row);
  expect(before.read(only(rotated.write(stretch)))).toEqual(row);
});

it('is nobody’s when a single bit of it was changed, or its places', async () => {
  const messages = await messagesOf();
  const message = only(messages.write(stretch));
  const bytes = Buffer.from(message.row, 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(messages.read({ ...message, row: changed.toString('base64url') })).toBeNull();
  }
  expect(messages.read({ ...message, after: formatPosition(logStart) })).toBeNull();
  expect(messages.read({ ...message, id: formatPosition(nthRow(5)) })).toBeNull();
});

it.each(['', 'x', 'AAAA', '{"version":1}', 'x'.repeat(1_000_000)])('is no message: %.20s', async (text) => {
  const messages = await messagesOf();
  const message = only(messages.write(stretch));
  expect(messages.read({ ...message, row: text })).toBeNull();
});

it('is not written for an event that is too large: its readers find it in the database', async () => {
  const large = nthRow(5, { data: { text: '€'.repeat(90_000) } });
  const written = (await messagesOf()).write({ after: nthRow(3), rows: [nthRow(4), large, nthRow(6)] });
  expect(written.map(({ id }) => id)).toEqual([nthRow(4), nthRow(6)].map(formatPosition));
  expect(written[1]?.after).toBe(formatPosition(large));
});
