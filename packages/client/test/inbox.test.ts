import { expect, it } from 'vitest';
import { createInbox } from '../src/stream/inbox.ts';

it('gives what arrived in its order, also to a taker that came first', async () => {
  const inbox = createInbox(10, () => undefined);
  const first = inbox.take();
  inbox.event('a', 1);
  inbox.event('b', 2);
  inbox.end({ kind: 'cut' });
  expect(await first).toEqual({ kind: 'event', id: 'a', data: 1 });
  expect(await inbox.take()).toEqual({ kind: 'event', id: 'b', data: 2 });
  expect(await inbox.take()).toEqual({ kind: 'cut' });
});

it('takes nothing in beyond its capacity, says so once, and hears nothing more', async () => {
  let full = 0;
  const inbox = createInbox(2, () => (full += 1));
  for (let number = 0; number < 1000; number += 1) inbox.event(String(number), number);
  inbox.end({ kind: 'complete' });
  expect(full).toBe(1);
  const taken = [await inbox.take(), await inbox.take(), await inbox.take()];
  expect(taken.map(({ kind }) => kind)).toEqual(['event', 'event', 'full']);
});
