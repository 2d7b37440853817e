import { createHash, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { keyedDigest } from '../keys.ts';
import { isLockTimeout } from '../database/failure.ts';
import { silentSpan, type Span, type SpanName } from '../telemetry.ts';
import { countTransition, type Transition } from '../transition.ts';
import { settleAfterRollback } from './after-rollback.ts';
import { decodeOutcome, encodeOutcome } from './outcome.ts';
import { claimKey, readKey, storeOutcome } from './statement.ts';

/** What a mutation wrote: the answer, and what is still to be done once it is committed. */
export interface Written<Answer> {
  readonly answer: Answer;
  /** What a repetition is answered, where the answer itself holds a secret that must not be stored. */
  readonly repeated?: Answer;
  /** False when nothing happened that readers of the log could read: then nobody is woken. Default true. */
  readonly isNews?: boolean;
  /** After the commit: hand a message over. What it throws is the answer instead. */
  readonly afterCommit?: (() => Promise<void>) | null | undefined;
  /** What became of a request by it: counted once it is committed, and not again for a repetition. */
  readonly transitions?: readonly Transition[];
}

const keptMs = 24 * 3600 * 1000;

/** A mutation in its parts. */
export interface Mutation<Prepared, Answer> {
  /** Which step it is in the story of which request (its UUID). */
  readonly step?: { readonly name: SpanName; readonly request: string };
  /** What must be asked or made before anything is written: a host's resolver, a code. Holds no transaction. */
  readonly prepare?: (context: CoreContext) => Promise<Prepared>;
  /** The effect, in the transaction of the key if there is one. */
  readonly write: (context: CoreContext, prepared: Prepared | undefined) => Promise<Written<Answer>>;
  /** Before the stored answer of an earlier call is given again. What it throws is the answer instead. */
  readonly replayed?: (answer: Answer) => Promise<void>;
}

/**
 * Runs a mutation once per idempotency key (scope: actor and delegates, procedure, key; kept 24 h). The key, the
 * effect and the answer commit together, so that a retry after any crash finds either the answer or nothing.
 * Stored are a keyed hash of the input and the answer, in which no secret ever is.
 *
 * @throws CountersignError `idempotency_conflict`: the key came with another input, or its first call is
 * still running after the lock timeout (`details.inProgress`).
 */
export async function once<Prepared, Answer>(
  context: CoreContext,
  procedure: string,
  input: { readonly id?: string | undefined; readonly idempotencyKey?: string | undefined },
  mutation: Mutation<Prepared, Answer>,
): Promise<Answer> {
  const { step } = mutation;
  if (step === undefined) return await run(context, silentSpan, procedure, input, mutation);
  return await context.telemetry.span(step.name, step.request, (span) =>
    run(context, span, procedure, input, mutation),
  );
}

async function run<Prepared, Answer>(
  context: CoreContext,
  span: Span,
  procedure: string,
  input: { readonly id?: string | undefined; readonly idempotencyKey?: string | undefined },
  mutation: Mutation<Prepared, Answer>,
): Promise<Answer> {
  const { idempotencyKey, ...rest } = input;
  if (idempotencyKey === undefined) {
    const prepared = await mutation.prepare?.(context);
    const written = await mutation.write(context, prepared).catch(settleAfterRollback);
    return await finish(context, span, rest.id, written);
  }
  const key: Key = {
    scope: scopeOf(context, procedure, idempotencyKey),
    input: comparableText(rest),
  };
  const earlier = await storedOutcome(context, key);
  const written = earlier ? null : await runFirst(context, key, mutation).catch(unlessAnswered(context, key));
  if (written) return await finish(context, span, rest.id, written);
  const outcome = earlier ?? (await storedOutcome(context, key));
  if (!outcome) throw new CountersignError('idempotency_conflict', { details: { inProgress: true } });
  span.set({ outcome: 'repeated' });
  const answer = outcome.answer as Answer;
  await mutation.replayed?.(answer);
  return answer;
}

/**
 * Delegates have keys of their own: with those of its subject a delegate could take one before the subject does.
 * A delegate cannot leave its name out, it can only add others. Not the token's id: whoever has it renewed repeats.
 */
function scopeOf({ actor, presented }: CoreContext, procedure: string, idempotencyKey: string): Buffer {
  const delegates = (presented?.accepted.blocks ?? []).flatMap(({ cid }) => (cid === undefined ? [] : [cid]));
  const named = [actorKey(actor), procedure, idempotencyKey, ...(delegates.length > 0 ? [delegates] : [])];
  return createHash('sha256').update(JSON.stringify(named)).digest();
}

/** A call that was overtaken by its own repetition may find itself refused for what that one did: it has its answer. */
function unlessAnswered(context: CoreContext, key: Key): (error: unknown) => Promise<null> {
  return async (error) => {
    if (await storedOutcome(context, key)) return null;
    throw error;
  };
}

interface Key {
  readonly scope: Buffer;
  readonly input: string;
}

/** Null when another call has the key: its transaction has committed while this one waited. */
async function runFirst<Prepared, Answer>(
  context: CoreContext,
  { scope, input }: Key,
  { prepare, write }: Mutation<Prepared, Answer>,
): Promise<Written<Answer> | null> {
  const prepared = await prepare?.(context);
  const { id: keyId, key } = context.keys.active('idempotency');
  return await context.database
    .transaction(async (db) => {
      const now = context.clock.now();
      const expiresAt = new Date(now.getTime() + keptMs);
      const claim = { scope, input: keyedDigest(key, [input]), keyId, now, expiresAt };
      const [mine] = await db.query(claimKey, claim).catch(stillRunning);
      if (!mine) return null;
      const written = await write({ ...context, db }, prepared);
      await db.query(storeOutcome, { scope, outcome: encodeOutcome(written.repeated ?? written.answer) });
      return written;
    })
    .catch(settleAfterRollback);
}

/** The claim waits for the call that has the key; after the lock timeout that one is still running. */
function stillRunning(error: unknown): never {
  if (!isLockTimeout(error)) throw error;
  throw new CountersignError('idempotency_conflict', { details: { inProgress: true }, cause: error });
}

/** The answer of an earlier call with this key; null when there was none in the last 24 hours. */
async function storedOutcome(
  context: CoreContext,
  { scope, input }: Key,
): Promise<{ answer: unknown } | null> {
  const [stored] = await context.database.pool.query(readKey, { scope, now: context.clock.now() });
  if (!stored) return null;
  const key = context.keys.byId('idempotency', stored.key_id);
  if (!key || !timingSafeEqual(stored.input, keyedDigest(key.key, [input]))) {
    throw new CountersignError('idempotency_conflict', { details: { inProgress: false } });
  }
  return { answer: decodeOutcome(stored.outcome) };
}

/**
 * The input as text that is equal for equal inputs. What JSON cannot carry is no valid input and is refused by
 * the call itself; here it only must not fail.
 */
function comparableText(input: object): string {
  try {
    const plain: unknown = JSON.parse(
      JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
    );
    return canonicalize(plain) ?? '';
  } catch (cause) {
    throw new CountersignError('invalid_input', {
      cause,
      details: { issues: [{ path: [], code: 'custom', message: 'must be JSON' }] },
    });
  }
}

async function finish<Answer>(
  context: CoreContext,
  span: Span,
  changed: string | undefined,
  written: Written<Answer>,
): Promise<Answer> {
  if (written.isNews !== false) context.wake(changed === undefined ? [] : [changed]);
  for (const transition of written.transitions ?? []) countTransition(context, transition, span);
  await written.afterCommit?.();
  return written.answer;
}
