import type { EntityManagerLike, OpenTransaction } from './transaction.ts';

/** How a guard meets its host. `Context` is what the host's tRPC context must have for it. */
export interface GuardedOptions<Context extends object = object> {
  /**
   * The entity manager in whose transaction the consumption and the resolver's writes commit together; default `ctx.em`
   * where that is one. `() => null`: none, though there is a `ctx.em` (of another database).
   */
  readonly em?: (ctx: Context) => EntityManagerLike | null;
  /**
   * The same for a transaction of another kind, a Kysely transaction or a `pg` client.
   *
   * @example
   * ```ts
   * cs.guard(transfer, {
   *   transaction: (ctx: Context, run) => ctx.db.transaction().execute((tx) => run(tx, { db: tx })),
   * });
   * ```
   */
  readonly transaction?: OpenTransaction<Context>;
  /** The person's language, a BCP 47 tag, for the text that is shown. What is none counts as none. */
  readonly locale?: (ctx: Context) => string | undefined;
}
