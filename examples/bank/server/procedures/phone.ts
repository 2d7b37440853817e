import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { people, personIds, type PersonId } from '../directory.ts';
import { keptBy } from '../factors/keepsakes.ts';
import { t } from '../trpc.ts';
import type { PhoneView } from '../views.ts';

const whose = z.enum(personIds).default('ada');
const base64url = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
});

/**
 * What the phone page needs of the bank. It is no session of anybody's: whoever opens it on this machine has the phone
 * in hand, as at the counter of a bank that knows its customers.
 */
export function createPhoneRouter(bank: Bank) {
  const { service } = bank;

  async function viewOf(subjectId: PersonId): Promise<PhoneView> {
    const [device] = (await service.device.list({ subjectId })).filter(({ isActive }) => isActive);
    return {
      subjectId,
      name: people[subjectId].name,
      deviceId: device?.id ?? null,
      uuid: device?.uuid ?? null,
    };
  }

  return t.router({
    owner: t.procedure
      .input(z.strictObject({ person: whose }).prefault({}))
      .query(async ({ input: { person } }) => await viewOf(person)),

    pair: t.procedure
      .input(
        z.strictObject({
          person: whose,
          uuid: z.uuid(),
          publicKey,
          name: z.string().min(1).max(60).optional(),
        }),
      )
      .mutation(async ({ input: { person, uuid, publicKey: key, name } }): Promise<PhoneView> => {
        for (const { id } of await service.device.list({ subjectId: person }))
          await service.device.revoke({ id });
        const { firstName } = people[person];
        await service.device.register({
          subjectId: person,
          uuid,
          publicKey: key,
          name: name ?? `${firstName}’s phone`,
        });
        return await viewOf(person);
      }),

    authenticator: t.procedure
      .input(z.strictObject({ person: whose }).prefault({}))
      .query(async ({ input: { person } }) => {
        const kept = await keptBy(bank, person, 'totp');
        if (kept === null) throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no authenticator.' });
        return { uri: kept.text };
      }),
  });
}
