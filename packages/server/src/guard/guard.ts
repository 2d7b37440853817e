import { CountersignError, type Authorization, type Operation } from '@countersign/core';
import {
  initTRPC,
  TRPCError,
  type TRPCMiddlewareBuilder,
  type TRPCProcedureBuilder,
  type TRPCUnsetMarker,
} from '@trpc/server';
import type { z } from 'zod';
import type { CountersignContext, Edge } from '../context.ts';
import { errorShape, type CountersignErrorShape } from '../error/error-shape.ts';
import { requireContext } from '../middleware/require-context.ts';
import { settleError } from '../middleware/settle-error.ts';
import { bindAnswer, streamsOut } from '../scope/bind-streams.ts';
import { callAuth } from '../scope/call-auth.ts';
import { enterAsHost } from '../scope/enter-as-host.ts';
import { assertHarmless } from '../trpc/harmless.ts';
import { markGuarded } from './mark.ts';
import { misplaced } from './misuse.ts';
import type { GuardedOptions } from './options.ts';
import { answered, runGuarded } from './run-guarded.ts';
import { assertSubject } from './subject.ts';
import { entityManagerOf, transactionOf, type OpenTransaction } from './transaction.ts';

/** A root without metadata or transformer, so that what is made here fits into a host's. */
const t = initTRPC.context<CountersignContext>().create();

/** What the resolver finds as `ctx.authorization`: null only where the operation's `when` has said `false`. */
export type AuthorizationOf<Guarded extends Operation> =
  | Authorization<z.output<Guarded['data']>>
  | (Guarded['when'] extends undefined ? never : null);

/** What a guard adds to the context. */
export interface GuardedContext<Guarded extends Operation> {
  readonly authorization: AuthorizationOf<Guarded>;
}

/** What tRPC's `.concat()` infers types from. */
type Builder<Guarded extends Operation, Context extends object> = TRPCProcedureBuilder<
  CountersignContext & Context,
  object,
  GuardedContext<Guarded>,
  z.input<Guarded['data']>,
  z.output<Guarded['data']>,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false,
  CountersignErrorShape
>;

/**
 * A guard, for `t.procedure.concat(…)`; it brings the operation's schema as the input.
 *
 * Of a builder's methods it shows the compiler one, `meta`, whose type names every part once: from the others, which are
 * generic, TypeScript would infer an input of `any`. They are not to be called anyway; a procedure begins with a root
 * of the host's.
 */
export type Guard<Guarded extends Operation, Context extends object = object> = {
  readonly [Name in keyof Builder<Guarded, Context>]: Name extends 'meta' | '_def'
    ? Builder<Guarded, Context>[Name]
    : never;
} & {
  /** For `.use(…)` after an `.input(…)` of your own, whose output must be data of the operation. */
  readonly middleware: TRPCMiddlewareBuilder<
    CountersignContext & Context,
    object,
    GuardedContext<Guarded>,
    z.input<Guarded['data']>
  >;
};

/**
 * Makes a mutation one that somebody must have authorized: with these exact values, in this session, once.
 *
 * A call without a grant is refused as `authorization_required`, with the request that is to be granted; the same call
 * again finds that request while it waits, and runs when it is granted. The call carries nothing for it. What depends on
 * the authorization belongs behind the guard; what decides whether somebody may ask at all, before it.
 *
 * `input` is what was authorized, and so is `ctx.authorization.data`, frozen. Before the resolver runs, nothing reads what
 * the client sent once more: a further `.input()` behind the guard reads what was authorized, and nothing else. What a host
 * needs beside it, an `.input()` before the guard reads; that stays in `input`, and nobody has authorized it.
 *
 * @see Countersign.guard
 */
export function createGuard<Guarded extends Operation, Context extends object = object>(
  operation: Guarded,
  options: GuardedOptions<Context> = {},
): Guard<Guarded, Context> {
  const own = markGuarded(guarding(operation, options as GuardedOptions, 'own'));
  const hosts = markGuarded(guarding(operation, options as GuardedOptions, 'hosts'));
  const builder = described.concat({
    _def: { procedure: true, inputs: [operation.data], middlewares: [own] },
  } as never);
  // `.errors()` is a middleware as well: with it the refusal keeps its shape under any formatter of the host.
  const middleware = { _middlewares: [...described._def.middlewares, hosts] };
  return Object.assign(builder, { middleware }) as unknown as Guard<Guarded, Context>;
}

/** The refusals are ours in shape; what the host's own code throws stays the host's. */
const described = t.procedure.errors(({ error }): CountersignErrorShape | undefined =>
  error.cause instanceof CountersignError ? errorShape(error) : undefined,
);

/** The middleware that reads what was sent, or that takes what an `.input()` of the host's has made of it. */
function guarding(operation: Operation, options: GuardedOptions, schema: 'own' | 'hosts') {
  const [middleware] = t.middleware(async ({ ctx, type, path, input, getRawInput, signal, next }) => {
    try {
      const edge = requireContext(ctx);
      if (type !== 'mutation') throw misuse(misplaced.noMutation(path));
      if (isGuardedAlready(ctx)) throw misuse(misplaced.twice(path));
      const { actor } = callAuth(edge);
      await enterAsHost(edge, { type, path, isPayable: false });
      assertSubject(actor);

      const sent: unknown = await getRawInput();
      assertHarmless(sent);
      if (schema === 'hosts' && input === undefined && sent !== undefined)
        throw misuse(misplaced.beforeInput(path));
      const data = await read(edge, operation, schema === 'own' ? sent : input);
      const { caller, core, credentials } = edge;
      const refusal = (cause: unknown = new CountersignError('unauthenticated')) =>
        settleError(cause, ctx, path);
      const open = openerOf(ctx, options);
      const run = async (authorization: Authorization | null, additions?: object) => {
        if (authorization) passed.add(authorization);
        const authorized = authorization === null ? data : authorization.data;
        const given = {
          ctx: { ...additions, authorization },
          input: merged(input, authorized),
          getRawInput: () => Promise.resolve(authorized),
        };
        const result = await next(given);
        // `next` does not throw: a transaction around it would commit what has failed.
        if (!result.ok) throw result.error;
        if (open !== null && streamsOut(result.data)) throw misuse(misplaced.streams(path));
        return { ...result, data: bindAnswer(result.data, { caller, credentials, signal, refusal }) };
      };
      if (!(await core.guard.applies(edge, operation, data, ctx)))
        // The resolver counts on its transaction, whatever the values are.
        return answered(
          await (open === null ? run(null) : open(ctx, (_tx, additions) => run(null, additions))),
        );

      const context = core.context(actor, caller.kind === 'bearer' ? caller.presented : undefined);
      const guarded = core.guard.call(context, { operation, data, locale: options.locale?.(ctx) });
      return await runGuarded(core, context, guarded, open && ((work) => open(ctx, work)), run);
    } catch (cause) {
      // What the resolver threw, and what an input lacks, is the host's to show.
      throw cause instanceof TRPCError ? cause : settleError(cause, ctx, path);
    }
  })._middlewares;
  if (middleware === undefined) throw new Error('a middleware has one function');
  return middleware;
}

function misuse(cause: Error): CountersignError {
  return new CountersignError('internal', { cause });
}

/** @throws TRPCError as an `.input()` does. */
async function read({ core }: Edge, operation: Operation, input: unknown): Promise<unknown> {
  const parsed = await core.guard.read(operation, input);
  if (!parsed.success) throw new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error });
  return parsed.data;
}

/** What earlier `.input()`s have made stays beside what was authorized, and never instead of it. */
function merged(earlier: unknown, data: unknown): unknown {
  return isRecord(earlier) && isRecord(data) ? { ...earlier, ...data } : data;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What guards have let through. A host may have an `authorization` of its own in its context. */
const passed = new WeakSet<object>();

function isGuardedAlready(ctx: object): boolean {
  const { authorization } = ctx as { readonly authorization?: unknown };
  return typeof authorization === 'object' && authorization !== null && passed.has(authorization);
}

function openerOf(ctx: object, { em, transaction }: GuardedOptions): OpenTransaction<object> | null {
  if (transaction) return transaction;
  const manager = em === undefined ? entityManagerOf(ctx) : em(ctx);
  return manager && transactionOf(manager);
}
