import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AccountRow } from './account-view.ts';
import { Account } from './entities.ts';

/**
 * The accounts of these ids, held until the transaction ends. Always in the order of their ids: two people who send each
 * other money at the same time would otherwise each wait for what the other one holds.
 */
export async function lockAccounts(tx: EntityManager, ids: readonly string[]): Promise<AccountRow[]> {
  return await tx.find(
    Account,
    { id: { $in: [...ids] } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' }, refresh: true },
  );
}
