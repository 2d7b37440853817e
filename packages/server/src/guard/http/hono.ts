import type { Operation } from '@countersign/core';
import type { Context, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import type { AuthorizationOf } from '../guard.ts';
import { transactionOf, type EntityManagerLike, type OpenTransaction } from '../transaction.ts';
import { misplacedRoute } from './misplaced.ts';
import type { HttpGuardedOptions } from './options.ts';
import { assertJson, parseJson, readJson } from './read-json.ts';
import { runRoute, type OpenRoute, type RouteOptions } from './run-route.ts';

/** About the routes behind one guard, in Hono. */
export interface GuardedHonoOptions extends HttpGuardedOptions<Context> {
  /**
   * The entity manager in whose transaction the consumption and the handler's writes commit together; the handler finds
   * that of the transaction as `c.var.em`. Without one the consumption commits first.
   */
  readonly em?: (c: Context) => EntityManagerLike;
  /**
   * The same for a transaction of another kind; its `additions` are what the handler finds in `c.var`.
   *
   * @example
   * ```ts
   * transaction: (c, run) => db.transaction().execute((tx) => run(tx, { db: tx })),
   * ```
   */
  readonly transaction?: OpenTransaction<Context>;
}

type Guarding<Guarded extends Operation> = MiddlewareHandler<{
  Variables: { authorization: AuthorizationOf<Guarded>; data: z.output<Guarded['data']> };
}>;

/**
 * The guard as a middleware of Hono: the handler finds what was authorized, frozen, as `c.var.authorization`, and the
 * values to execute as `c.var.data`: those of the authorization, or what the schema has read where `when` has said `false`.
 *
 * A handler that fails (it throws, whatever `onError` makes of that, or the status is 400 or more) gives the grant back
 * where there is a transaction. One whose transaction cannot commit has not answered: what it wanted to say is dropped.
 */
export type GuardHono<Guarded extends Operation> = (options: GuardedHonoOptions) => Guarding<Guarded>;

export function createGuardHono<Guarded extends Operation>(
  route: RouteOptions,
  operation: Guarded,
): GuardHono<Guarded> {
  return (options) => async (c, next) => {
    const { method, path } = c.req;
    const before = new Map<string, unknown>();
    const set = (name: string, value: unknown): void => {
      if (!before.has(name)) before.set(name, c.get(name as never));
      c.set(name as never, value as never);
    };
    let headers: Headers | null = null;
    try {
      const outcome = await runRoute(
        route,
        operation,
        {
          asked: c as Context,
          method,
          askedMethod: methodOfLine(c),
          path,
          options,
          data: () => (options.data ? options.data(c) : bodyOf(c)),
          open: openerOf(c, options),
        },
        async ({ authorization, data, additions }) => {
          for (const [name, value] of Object.entries(additions)) set(name, value);
          c.set('authorization', authorization as AuthorizationOf<Guarded>);
          c.set('data', data as z.output<Guarded['data']>);
          headers = new Headers(c.res.headers);
          await next();
          return { answer: handled, failed: !c.finalized || c.error !== undefined || c.res.status >= 400 };
        },
      );
      if (outcome.kind === 'ran') return undefined;
      withdraw(c, headers);
      return outcome.answer;
    } catch (error) {
      withdraw(c, headers);
      throw error;
    } finally {
      // What belongs to a transaction that is over is nobody's to use.
      for (const [name, value] of before) c.set(name as never, value as never);
    }
  };
}

/** What a handler gives: its answer is in the context. A transaction that gives anything else back gave nothing. */
const handled = Symbol('handled');

/**
 * Takes back what a handler has answered, down to its cookies, and leaves the headers that were there before it. Hono
 * takes what a middleware returns, or its `onError` makes, for the answer only while there is none.
 */
function withdraw(c: Context, headers: Headers | null): void {
  if (headers === null) return;
  c.res = undefined;
  c.res = new Response(null, { headers });
  c.finalized = false;
}

/** What another middleware has read is read again from what Hono keeps of it. */
async function bodyOf({ req }: Context): Promise<unknown> {
  assertJson(req.header('content-type'));
  if (!req.raw.bodyUsed) return await readJson(req.raw);
  let text: string;
  try {
    text = await req.text();
  } catch {
    throw misplacedRoute('read', req.path);
  }
  return parseJson(text);
}

/** What `@hono/node-server` has read of the request line: an override that a middleware made does not count. */
function methodOfLine({ env }: Context): string | undefined {
  const { incoming } = (env ?? {}) as { readonly incoming?: { readonly method?: unknown } };
  return typeof incoming?.method === 'string' ? incoming.method : undefined;
}

function openerOf(c: Context, { em, transaction }: GuardedHonoOptions): OpenRoute | null {
  const open = transaction ?? (em && transactionOf<Context>(em(c)));
  if (!open) return null;
  return async (run) => {
    const result = await open(c, run);
    return result === handled ? result : (undefined as typeof result);
  };
}
