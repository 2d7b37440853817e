import type { Bank } from './bank.ts';
import { personIds } from './directory.ts';
import { Payment, Person } from './entities.ts';

const dayMilliseconds = 86_400_000;

/** What there is, counted. */
export async function summarize({ orm, service }: Bank): Promise<readonly string[]> {
  const em = orm.em.fork();
  const [people, [oldest], ...factors] = await Promise.all([
    em.count(Person),
    em.find(Payment, {}, { orderBy: { bookedAt: 'asc' }, limit: 1 }),
    ...personIds.map(async (subjectId) => (await service.factor.list({ subjectId })).length),
  ]);
  const count = factors.reduce((sum, each) => sum + each, 0);
  const days = oldest === undefined ? 0 : dayOf(Date.now()) - dayOf(oldest.bookedAt.getTime());
  return ['Acme Bank', `${people} people`, `${count} factors`, `${days} days of history`];
}

/** As the history counts them: what was in the morning of a day is as many days ago in its evening. */
function dayOf(milliseconds: number): number {
  return Math.floor(milliseconds / dayMilliseconds);
}
