import type { TransactionHandle } from '@countersign/core';

/**
 * Opens a transaction of the host's, runs a call in it, and commits; rolls back when the call throws. `additions` are
 * what the resolver finds in its context instead: the manager, or the client, of this transaction.
 */
export type OpenTransaction<Context> = <Result>(
  ctx: Context,
  run: (tx: TransactionHandle, additions?: object) => Promise<Result>,
) => Promise<Result>;

/** A MikroORM entity manager, by what is asked of it: any version's, any driver's. */
export interface EntityManagerLike {
  transactional<Result>(work: (em: EntityManagerLike) => Promise<Result>): Promise<Result>;
  isInTransaction(): boolean;
  getTransactionContext(): unknown;
  getDriver(): object;
}

/** The one that a context has as `em`. Null where there is none: consumption then commits before the call. */
export function entityManagerOf(ctx: object): EntityManagerLike | null {
  const em: unknown = (ctx as { readonly em?: unknown }).em;
  return isEntityManager(em) ? em : null;
}

function isEntityManager(value: unknown): value is EntityManagerLike {
  if (typeof value !== 'object' || value === null) return false;
  const methods = value as Readonly<Record<string, unknown>>;
  return ['transactional', 'isInTransaction', 'getTransactionContext', 'getDriver'].every(
    (name) => typeof methods[name] === 'function',
  );
}

/** As MikroORM opens one: a transaction of its own, or a savepoint where the host has one open already. */
export function transactionOf<Context extends object>(em: EntityManagerLike): OpenTransaction<Context> {
  return (_ctx, run) => em.transactional((tx) => run(tx, { em: tx }));
}
