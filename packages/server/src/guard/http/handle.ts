import type { Operation, TransactionHandle } from '@countersign/core';
import type { z } from 'zod';
import { pathOfUrl } from '../../rest/path.ts';
import type { AuthorizationOf } from '../guard.ts';
import { transactionOf, type EntityManagerLike } from '../transaction.ts';
import { misplacedRoute } from './misplaced.ts';
import type { HttpGuardedOptions } from './options.ts';
import { assertJson, readJson } from './read-json.ts';
import { runRoute, type OpenRoute, type RouteOptions } from './run-route.ts';

/** A request that was authorized, or that needed no authorization. */
export interface AuthorizedCall<Guarded extends Operation, Tx> {
  /** Null only where the operation's `when` has said `false`. */
  readonly authorization: AuthorizationOf<Guarded>;
  /**
   * The values to execute: `authorization.data`, frozen; where there is none, what the schema has read and `when` has
   * judged. The body may say something else.
   */
  readonly data: z.output<Guarded['data']>;
  /** The transaction that commits when this has answered well: the entity manager in it, or what `transaction` gave. */
  readonly tx: Tx;
  /** As it came, its body unread. What it says beside `data`, nobody has authorized or judged. */
  readonly request: Request;
}

type Handler<Guarded extends Operation, Tx> = (
  call: AuthorizedCall<Guarded, Tx>,
) => Response | Promise<Response>;

type Options = HttpGuardedOptions<Request>;

/**
 * A handler for whatever speaks the Fetch API, behind a guard. A request without a grant is answered as 428, with a
 * problem document that carries `reason` and `authorizationRequest`; the same request again runs the handler, once.
 *
 * With `em`, or with a transaction of another kind, the consumption and what the handler writes through `tx` commit
 * together, and a handler that throws, or answers by a status of 400 or more, gives the grant back. Without one the
 * consumption commits first: a handler that fails has used it up.
 *
 * @example
 * ```ts
 * const answer = await cs.guard(transfer).handle(
 *   request,
 *   { actor: sessionOf, em: () => orm.em.fork() },
 *   async ({ data, tx }) => Response.json(await bank.transfer(tx, data)),
 * );
 * ```
 * @throws what the handler, and the transaction, throw.
 */
export interface HandleGuarded<Guarded extends Operation> {
  <Manager extends EntityManagerLike>(
    request: Request,
    options: Options & { readonly em: (request: Request) => Manager; readonly transaction?: never },
    handler: Handler<Guarded, Manager>,
  ): Promise<Response>;
  <Tx extends TransactionHandle>(
    request: Request,
    options: Options & {
      /**
       * Opens a transaction, runs the work in it and commits; rolls back when it throws. The type of `tx` is that of the
       * work's parameter.
       *
       * @example
       * ```ts
       * transaction: (work: (tx: Transaction<Tables>) => Promise<Response>) => db.transaction().execute(work),
       * ```
       */
      readonly transaction: (work: (tx: Tx) => Promise<Response>, request: Request) => Promise<Response>;
      readonly em?: never;
    },
    handler: Handler<Guarded, Tx>,
  ): Promise<Response>;
  (
    request: Request,
    options: Options & { readonly em?: never; readonly transaction?: never },
    handler: Handler<Guarded, null>,
  ): Promise<Response>;
}

interface AnyOptions extends Options {
  readonly em?: (request: Request) => EntityManagerLike;
  readonly transaction?: (
    work: (tx: TransactionHandle) => Promise<Response>,
    request: Request,
  ) => Promise<Response>;
}

export function createHandle<Guarded extends Operation>(
  route: RouteOptions,
  operation: Guarded,
): HandleGuarded<Guarded> {
  async function handle(
    request: Request,
    options: AnyOptions,
    handler: Handler<Guarded, unknown>,
  ): Promise<Response> {
    const { method } = request;
    const path = pathOfUrl(request.url);
    const outcome = await runRoute(
      route,
      operation,
      {
        asked: request,
        method,
        path,
        options,
        data: () => dataOf(request, path, options),
        open: openerOf(request, options),
      },
      async ({ authorization, data, tx }) => {
        const answer = await handler({
          authorization: authorization as AuthorizationOf<Guarded>,
          data: data as z.output<Guarded['data']>,
          tx,
          request,
        });
        return { answer, failed: answer.type === 'error' || answer.status >= 400 };
      },
    );
    return outcome.answer;
  }
  return handle as HandleGuarded<Guarded>;
}

function dataOf(request: Request, path: string, { data }: Options): unknown {
  if (data) return data(request.bodyUsed ? request : request.clone());
  assertJson(request.headers.get('content-type'));
  if (request.bodyUsed) throw misplacedRoute('read', path);
  return readJson(request);
}

function openerOf(request: Request, { em, transaction }: AnyOptions): OpenRoute | null {
  // What is run in it answers with the response, and with nothing else.
  if (transaction) return ((run) => transaction(run as never, request)) as OpenRoute;
  const open = em && transactionOf(em(request));
  return open ? (run) => open(request, run) : null;
}
