import { TRPCError } from '@trpc/server';
import type { Bank } from '../bank.ts';
import type { PersonId } from '../directory.ts';
import { Person } from '../entities.ts';

const titleLengthMax = 100;

/**
 * One-time codes go to the address that the bank has: there is a factor for it, and none for the one before. The new one
 * comes before the old one goes, so that nobody is ever without; what was cut off in between is taken up.
 */
export async function keepEmailFactor({ orm, service }: Bank, subjectId: PersonId): Promise<void> {
  const em = orm.em.fork();
  const person = await em.findOneOrFail(Person, { id: subjectId });
  const { email, emailFactorId: before } = person;
  const title = email.slice(0, titleLengthMax);
  const owned = await service.factor.list({ subjectId });
  const current = owned.find(({ id }) => id === before);
  if (current?.title === title) return;
  const present = owned.find((factor) => factor.method === 'otp' && factor.title === title);
  person.emailFactorId = present?.id ?? (await makeEmailFactor(service, subjectId, email, title));
  await em.flush();
  if (current !== undefined) await service.factor.remove({ id: current.id });
}

/** Null when the person has added this very address before, under another title. */
async function makeEmailFactor(
  service: Bank['service'],
  subjectId: PersonId,
  address: string,
  title: string,
): Promise<string | null> {
  const config = { channel: 'email', address };
  try {
    // Confirmed: the bank knows whose address it is.
    const wanted = { subjectId, methodId: 'otp', title, config, confirmed: true };
    return (await service.factor.create(wanted)).factor.id;
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'CONFLICT') return null;
    throw error;
  }
}
