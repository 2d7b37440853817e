import { expect, it } from 'vitest';
import { createVirtualPasskey } from '../../testing/index.ts';
import { openWithFactors, origin, rpId } from '../by-factor/enrolled.ts';
import { enrolmentLink } from '../planted/enrolment-link.ts';

/** Who has read the link over a shoulder: first many at the same moment, then one more when all is done. */
async function replayed(register: (authenticator: number) => Promise<boolean>): Promise<number> {
  const calls = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => register(index)));
  const late = await Promise.allSettled([register(20)]);
  return [...calls, ...late].filter((call) => call.status === 'fulfilled' && call.value).length;
}

it('the link of an enrolment registers one authenticator of many that answer it, and every one where it is not used up (bug 20)', async () => {
  await using test = await openWithFactors({ limits: { consecutiveWrongFree: 500 } });
  const { core, service } = test;
  const { factor, confirmation, setup } = await core.factors.create(service, {
    subjectId: 'ada',
    methodId: 'passkey',
  });
  const { options } = setup as { options: unknown };
  const authenticators = Array.from({ length: 21 }, () => createVirtualPasskey({ origin, rpId }));
  const ours = await replayed(async (index) => {
    const response = authenticators[index]?.register(options);
    const link = { id: factor.id, confirmationId: confirmation?.id ?? '' };
    const { status } = await core.factors.confirm(service, { ...link, data: { response } });
    return status === 'confirmed';
  });
  expect(ours).toBe(1);
  expect(await core.factors.list(service, { subjectId: 'ada' })).toHaveLength(1);
  const { items } = await test.events(service, { types: ['factor.confirmed'] });
  expect(items).toHaveLength(1);

  const naive = enrolmentLink<number>();
  expect(await replayed((index) => naive.register(index))).toBe(21);
  expect(naive.keys).toHaveLength(21);
});
