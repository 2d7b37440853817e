import { CountersignError, type Operation, type Receipt } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import { canEnd, type ProcedureCall } from '../caller/credential-gate.ts';
import type { CountersignContext, Edge } from '../context.ts';
import { errorShape, type CountersignErrorShape } from '../error/error-shape.ts';
import { requireContext } from '../middleware/require-context.ts';
import { settleError } from '../middleware/settle-error.ts';
import { lifeOf } from '../stream/while-alive.ts';
import { bindAnswer, bindSubscription } from './bind-streams.ts';
import { callAuth } from './call-auth.ts';
import { isGuarded } from '../guard/mark.ts';
import { enterAsHost } from './enter-as-host.ts';

/** A root without metadata or transformer, so that what is made here fits into a host's. */
const t = initTRPC.context<CountersignContext>().create();

const scope = t.middleware(async ({ ctx, type, path, signal, next }) => {
  try {
    const edge = requireContext(ctx);
    const auth = callAuth(edge);
    await enterAsHost(edge, { type, path, isPayable: false });
    const { caller, credentials } = edge;
    if (!canEnd(caller)) return await next({ ctx: { auth, ends: signal } });

    const refusal = (cause: unknown = new CountersignError('unauthenticated')) =>
      settleError(cause, ctx, path);
    const owner = { caller, credentials, signal, refusal };
    if (type !== 'subscription') {
      const result = await next({ ctx: { auth, ends: signal } });
      return result.ok ? { ...result, data: bindAnswer(result.data, owner) } : result;
    }
    const life = lifeOf(owner);
    const ends = signal ? AbortSignal.any([signal, life.ended]) : life.ended;
    const result = await next({ ctx: { auth, ends } });
    if (result.ok) return { ...result, data: bindSubscription(result.data, owner, life) };
    life.leave();
    return result;
  } catch (cause) {
    throw settleError(cause, ctx, path);
  }
});

/**
 * For a procedure of your own that tokens may open: `t.procedure.concat(cs.scoped)`. A token opens it if its scope
 * lists the whole path, and is asked again on every call, also of a batch or over a socket; a caller that your own
 * session names, or a service, may call; nobody else, and no operator. `ctx.auth` says who it is; of a subscription, `ctx.ends` is
 * aborted when the caller leaves or the token ends.
 *
 * @throws CountersignError `unauthenticated`, `invalid_input` for several credentials, `insufficient_scope`.
 */
export const scoped = t.procedure
  .errors(({ error }): CountersignErrorShape | undefined =>
    error.cause instanceof CountersignError ? errorShape(error) : undefined,
  )
  .use(scope);

/** Anybody may call it, and says so on purpose: `t.procedure.concat(cs.open)`. */
const openMark = t.middleware(({ next }) => next());
export const open = t.procedure.use(openMark);

/**
 * For a mutation of your own that a granted request pays for, by a token that carries it (`arq`): after `.input()`,
 * `.use(cs.paidBy(transfer))`. The input must be the data that was granted; the grant is consumed before the
 * resolver runs, once, and the call is refused without such a token. `ctx.receipts` are what was consumed.
 *
 * @throws CountersignError as `scoped`; then `data_mismatch`, `not_granted`, `already_consumed`,
 * `execution_window_passed`.
 */
export function paidBy(operation: Operation) {
  return markPaid(
    t.middleware(async ({ ctx, type, path, input, signal, next }) => {
      try {
        const edge = requireContext(ctx);
        // What reads, or goes on, is nothing that happens once.
        if (type !== 'mutation') throw new CountersignError('internal', { cause: new PaidReadError(path) });
        const auth = callAuth(edge);
        await enterAsHost(edge, { type, path, isPayable: true });
        const receipts = await pay(edge, { type, path }, { slug: operation.slug, data: input });
        const result = await next({ ctx: { auth, receipts } });
        const { caller, credentials } = edge;
        const refusal = (cause: unknown = new CountersignError('unauthenticated')) =>
          settleError(cause, ctx, path);
        return result.ok
          ? { ...result, data: bindAnswer(result.data, { caller, credentials, signal, refusal }) }
          : result;
      } catch (cause) {
        throw settleError(cause, ctx, path);
      }
    }),
  );
}

/** Declared for a query or a subscription. */
class PaidReadError extends Error {
  override readonly name = 'PaidReadError';

  constructor(path: string) {
    super(`"${path}" is paid for and no mutation: what a grant pays for happens once.`);
  }
}

/** The last of all questions, since it consumes. */
async function pay(
  { caller, core }: Edge,
  call: ProcedureCall,
  paid: { readonly slug: string; readonly data: unknown },
): Promise<readonly Receipt[]> {
  if (caller.kind !== 'bearer') throw new CountersignError('insufficient_scope');
  const { accepted } = caller.presented;
  const { pay: payWith, reject } = core.scopedToken;
  try {
    const receipts = await payWith(core.context(caller.actor, caller.presented), accepted, paid);
    if (receipts.length === 0) throw new CountersignError('insufficient_scope');
    return receipts;
  } catch (cause) {
    if (cause instanceof CountersignError) reject(accepted, { ...call, reason: cause.reason });
    throw cause;
  }
}

const paid = new WeakSet<object>();

function markPaid<Builder extends { readonly _middlewares: readonly object[] }>(builder: Builder): Builder {
  for (const middleware of builder._middlewares) paid.add(middleware);
  return builder;
}

/** Whether a middleware makes a granted request pay. */
export function isPaid(middleware: object): boolean {
  return paid.has(middleware);
}

/** Whether a middleware is one that says who may call. */
export function decidesAccess(middleware: object): boolean {
  return (
    scope._middlewares.includes(middleware as never) ||
    openMark._middlewares.includes(middleware as never) ||
    paid.has(middleware) ||
    isGuarded(middleware)
  );
}
