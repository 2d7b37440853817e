import type { EntityManager } from '@mikro-orm/postgresql';
import { accounts, people, personIds } from './directory.ts';
import { Account, Payment, Person } from './entities.ts';
import { historyBefore } from './history.ts';

/** Whether the people of the bank are there. */
export async function isSeeded(em: EntityManager): Promise<boolean> {
  return (await em.count(Person)) === personIds.length;
}

/** People, accounts and what happened on them. */
export async function seed(em: EntityManager): Promise<void> {
  await em.transactional(async (tx) => {
    await tx.insertMany(
      Person,
      personIds.map((id) => ({ id, email: people[id].email })),
    );
    await fill(tx);
  });
}

/** Accounts and payments as at the first start, and the addresses. */
export async function seedAnew(em: EntityManager): Promise<void> {
  await em.transactional(async (tx) => {
    await tx.nativeDelete(Payment, {});
    await tx.nativeDelete(Account, {});
    for (const id of personIds) await tx.nativeUpdate(Person, { id }, { email: people[id].email });
    await fill(tx);
  });
}

async function fill(tx: EntityManager): Promise<void> {
  await tx.insertMany(
    Account,
    accounts.map(({ id, owner, balanceCents }) => ({ id, owner, balanceCents, closedAt: null })),
  );
  await tx.insertMany(Payment, historyBefore(new Date()));
}
