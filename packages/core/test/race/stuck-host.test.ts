import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { otp } from '../../src/index.ts';
import { createOutbox, openTestCore } from '../../testing/index.ts';

it('goes on for everybody else while the resolver of the host does not answer for one subject', async () => {
  const outbox = createOutbox();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const resolve = async ({ subjectId }: { subjectId: string }) => {
    if (subjectId === 'stuck') await answered;
    return { channel: 'email', address: `${subjectId}@example.org` } as const;
  };
  await using test = await openTestCore({ methods: [otp({ send: outbox.send, resolve })] });
  const { core, service } = test;
  const create = (subjectId: string, idempotencyKey: string) =>
    core.authorizationRequest.create(service, {
      slug: 'transfer',
      subjectId,
      title: 'Transfer',
      idempotencyKey,
    });

  // As many as can hold a transaction at the same time.
  const stuck = Promise.allSettled(Array.from({ length: 5 }, (_, n) => create('stuck', `stuck-${n}`)));
  await sleep(200);
  const others = await Promise.race([create('ada', 'ada'), sleep(7000, 'no answer')]);
  answer();
  await stuck;
  expect(others).toMatchObject({ state: 'waiting' });
}, 20_000);
