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
  // The clock as this call reads it: in the last millisecond until the challenge is stored, and after the end from then on.
  let isStored = false;
  const clock = { now: () => new Date(expiresAt.getTime() + (isStored ? 1 : -1)) };
  const db: CoreContext['db'] = {
    ...service.db,
    async query(asked, parameters) {
      const rows = await service.db.query(asked, parameters);
      isStored ||= asked.name.includes('challenge');
      return rows;
    },
  };
  const late: CoreContext = { ...service, clock, db };
  await expect(core.authorizationRequest.challenge(late, { id })).resolves.toMatchObject({ method: 'otp' });
  expect(isStored).toBe(true);
  expect(outbox.messages).toHaveLength(2);
});
