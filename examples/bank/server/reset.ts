import type { Bank } from './bank.ts';
import { personIds, type PersonId } from './directory.ts';
import { exclusively } from './exclusively.ts';
import { forgetOtherFactors } from './factors/forget-others.ts';
import { keepFactors } from './factors/keep-factors.ts';
import { seedAnew } from './seed.ts';

/** Everything as at the first start. Sessions and phones go on. */
export async function resetDemo(bank: Bank): Promise<void> {
  await exclusively(bank.orm, async () => {
    for (const person of personIds) {
      await callOff(bank, person);
      await forgetOtherFactors(bank, person);
    }
    await seedAnew(bank.orm.em.fork());
    await keepFactors(bank);
  });
}

/** Nothing waits any more, and nothing is held against the person. */
async function callOff({ service }: Bank, subjectId: PersonId): Promise<void> {
  const { items } = await service.authorizationRequest.list({ subjectId, state: 'waiting', limit: 100 });
  // One may be decided at this very moment.
  for (const { id } of items) await service.authorizationRequest.cancel({ id }).catch(() => undefined);
  await service.operator.unlock({ subjectId });
}
