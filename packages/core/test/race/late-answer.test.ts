import { expect, it } from 'vitest';
import type { CoreContext } from '../../src/index.ts';
import { openTestCore } from '../../testing/index.ts';
import { transferOf } from './attack/open-request.ts';

it('a challenge that was stored in the last millisecond is answered and sent, though the answer comes later', async () => {
  await using test = await openTestCore();
  const { core, service, outbox } = test;
  const { id, expiresAt } = await core.authorizationRequest.create(service, {
    ...transferOf('ada'),
    title: 'Transfer money',
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  });
  // The clock as this call reads it: first in the last millisecond, from then on a millisecond later each time.
  let reads = 0;
  const clock = { now: () => new Date(expiresAt.getTime() - 1 + reads++) };
  const late: CoreContext = { ...service, clock };
  await expect(core.authorizationRequest.challenge(late, { id })).resolves.toMatchObject({ method: 'otp' });
  expect(outbox.messages).toHaveLength(2);
});
