import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  changedText,
  hereText,
  idsMax,
  isWatched,
  probeText,
  readMessage,
} from '../../src/event/wake-up/message.ts';
import { formatId } from '../../src/id.ts';

const ids = (count: number) =>
  Array.from({ length: count }, () => formatId('authorizationRequest', randomUUID()));
const node = '0123456789abcdef';

it('names what has changed, as long as PostgreSQL takes it, and beyond that says: everything', () => {
  for (const count of [0, 1, 240, idsMax]) {
    const some = ids(count);
    const read = readMessage(changedText(node, some));
    expect([read.says, read.node]).toEqual([
      changedText(node, some).endsWith('*') ? 'everything' : 'changed',
      node,
    ]);
    if (read.says === 'changed') expect(read.ids).toEqual(some);
  }
  expect(readMessage(changedText(node, ids(240)))).toMatchObject({ says: 'changed' });
  expect(readMessage(changedText(node, ids(idsMax + 1)))).toEqual({ node, says: 'everything', ids: [] });
  for (let count = 200; count < 300; count += 1)
    expect(Buffer.byteLength(changedText(node, ids(count)))).toBeLessThan(8000);
});

it('names only what somebody can watch', () => {
  expect(isWatched(formatId('authorizationRequest', randomUUID()))).toBe(true);
  expect(isWatched(formatId('factor', randomUUID()))).toBe(false);
});

it('asks who is there, and answers, without news of anything', () => {
  expect(readMessage(probeText(node))).toEqual({ node, says: 'probe', ids: [] });
  expect(readMessage(hereText(node))).toEqual({ node, says: 'here', ids: [] });
});

it('takes whatever somebody else sends on the channel for news of no more than a look', () => {
  expect(readMessage('')).toMatchObject({ says: 'everything' });
  expect(readMessage(' ')).toMatchObject({ says: 'everything' });
  expect(readMessage('*')).toMatchObject({ node: '*', says: 'changed', ids: [] });
  expect(readMessage('{"node":"x"}')).toMatchObject({ says: 'changed', ids: [] });
  expect(readMessage('x __proto__ constructor')).toMatchObject({ says: 'changed' });
});
