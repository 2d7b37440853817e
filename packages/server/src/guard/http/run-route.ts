import type { Authorization, Core, Logger, Operation, TransactionHandle } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import type { CredentialGate } from '../../caller/credential-gate.ts';
import { assertHarmless } from '../../trpc/harmless.ts';
import { answered, runGuarded } from '../run-guarded.ts';
import { assertSubject } from '../subject.ts';
import { actorOfRequest } from './actor.ts';
import { assertChanging } from './changing-method.ts';
import { misplacedRoute } from './misplaced.ts';
import type { HttpGuardedOptions } from './options.ts';
import type { RefuseRoute } from './refusal.ts';

export interface RouteOptions {
  readonly core: Core;
  readonly credentials: CredentialGate;
  readonly logger: Logger;
  readonly refuse: RefuseRoute;
}

/** One request at a guarded route, whatever framework has it. */
interface AskedRoute<Asked extends object> {
  readonly asked: Asked;
  readonly method: string;
  /** The method of the request line, where it is known. */
  readonly askedMethod?: string | undefined;
  readonly path: string;
  readonly options: HttpGuardedOptions<Asked>;
  /** The values that are to be authorized, as they came. */
  readonly data: () => unknown;
  /** The host's transaction, if it has one for this request. */
  readonly open: OpenRoute | null;
}

export type OpenRoute = <Result>(
  run: (tx: TransactionHandle, additions?: object) => Promise<Result>,
) => Promise<Result>;

/** What a handler is run with. */
interface RouteRun {
  readonly authorization: Authorization | null;
  /** What was authorized; what the schema has read where nobody had to be asked. */
  readonly data: unknown;
  /** Of the transaction; null without one. */
  readonly tx: TransactionHandle | null;
  readonly additions: object;
}

/** What a handler made of it, and whether that is a failure: then a transaction is taken back. */
interface Ran<Answer> {
  readonly answer: Answer;
  readonly failed: boolean;
}

type RouteOutcome<Answer> =
  | { readonly kind: 'refused'; readonly answer: Response }
  | { readonly kind: 'ran'; readonly answer: Answer };

/** Thrown inside of a transaction, so that it is rolled back: the answer stands all the same. */
class TakenBack extends Error {
  override readonly name = 'TakenBack';
}

/** What a handler has thrown, or what a transaction made of it, told apart from what the guard has. */
class HostThrew extends Error {
  override readonly name = 'HostThrew';
}

/** Requests that are with their handler now: one that failed may be tried again. */
const running = new WeakSet<object>();

/**
 * Runs the handler of a route once its request is authorized; the grant is used up before it, once.
 *
 * Asked in this order: the method, who calls, the data. With a transaction the consumption and the handler's writes
 * commit together, and a handler that throws or answers with a failure gives the grant back. Without one the consumption
 * commits first.
 *
 * @throws what the handler, the host's own functions and its transaction throw.
 */
export async function runRoute<Asked extends object, Answer>(
  { core, credentials, logger, refuse }: RouteOptions,
  operation: Operation,
  { asked, method, askedMethod, path, options, data: sent, open }: AskedRoute<Asked>,
  handle: (run: RouteRun) => Promise<Ran<Answer>>,
): Promise<RouteOutcome<Answer>> {
  const run = async (given: RouteRun): Promise<Answer> => {
    running.add(asked);
    const { answer, failed } = await handle(given)
      .catch((cause: unknown) => {
        throw new HostThrew('a handler threw', { cause });
      })
      .finally(() => running.delete(asked));
    if (failed && given.tx !== null) throw new TakenBack('a handler failed', { cause: answer });
    return answer;
  };
  const withTransaction: OpenRoute | null =
    open &&
    (async (work) => {
      try {
        return await open((tx, additions = {}) => work(tx, { tx, additions }));
      } catch (cause) {
        // The guard throws none in there.
        throw cause instanceof TRPCError ? new HostThrew('a transaction threw', { cause }) : cause;
      }
    });

  async function authorized(): Promise<Answer> {
    assertChanging(method, askedMethod);
    if (running.has(asked)) throw misplacedRoute('twice', path);
    const actor = await actorOfRequest({ core, credentials }, await options.actor(asked), { method, path });
    assertSubject(actor);
    const data = await read(core, operation, await sent());
    if (!(await core.guard.applies({ logger }, operation, data, asked)))
      return withTransaction === null
        ? await run({ authorization: null, data, tx: null, additions: {} })
        : answered(
            await withTransaction((_tx, given) => run({ authorization: null, data, ...(given as Given) })),
          );
    const context = core.context(actor);
    const guarded = core.guard.call(context, { operation, data, locale: options.locale?.(asked) });
    return await runGuarded(core, context, guarded, withTransaction, (authorization, given) =>
      run({
        authorization,
        data: authorization.data,
        ...((given as Given | undefined) ?? { tx: null, additions: {} }),
      }),
    );
  }

  try {
    return { kind: 'ran', answer: await authorized() };
  } catch (cause) {
    if (cause instanceof TakenBack) return { kind: 'ran', answer: cause.cause as Answer };
    if (cause instanceof HostThrew) throw cause.cause;
    const answer = refuse(cause, { method, path, stepUp: options.stepUpChallenge ?? false });
    if (answer === null) throw cause;
    return { kind: 'refused', answer };
  }
}

type Given = Pick<RouteRun, 'tx' | 'additions'>;

/** @throws TRPCError, which names the findings of the schema; CountersignError `invalid_input`. */
async function read(core: Core, operation: Operation, sent: unknown): Promise<unknown> {
  assertHarmless(sent);
  const parsed = await core.guard.read(operation, sent);
  if (!parsed.success) throw new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error });
  return parsed.data;
}
