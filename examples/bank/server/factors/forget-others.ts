import type { Bank } from '../bank.ts';
import type { PersonId } from '../directory.ts';
import { Keepsake, Person } from '../entities.ts';
import { keptBy } from './keepsakes.ts';

/**
 * Takes away what a person has enrolled since the first start, and the letter when a code of it was used. A phone stays:
 * its key is in somebody's browser.
 */
export async function forgetOtherFactors(bank: Bank, subjectId: PersonId): Promise<void> {
  const { orm, service } = bank;
  const em = orm.em.fork();
  const { emailFactorId } = await em.findOneOrFail(Person, { id: subjectId });
  const own = await Promise.all([keptBy(bank, subjectId, 'totp'), keptBy(bank, subjectId, 'recovery-code')]);
  const kept = new Set([emailFactorId, ...own.map((one) => one?.factorId)]);
  for (const { id, method, lastUsedAt } of await service.factor.list({ subjectId })) {
    const isSpent = method === 'recovery-code' && lastUsedAt !== null;
    if (method !== 'device' && (isSpent || !kept.has(id))) await service.factor.remove({ id });
  }
  const left = (await service.factor.list({ subjectId })).map(({ id }) => id as string);
  await em.nativeDelete(Keepsake, { person: subjectId, factorId: { $nin: left } });
}
