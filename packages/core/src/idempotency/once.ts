import { createHash, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { keyedDigest } from '../keys.ts';
import { isLockTimeout } from '../database/failure.ts';
import { decodeOutcome, encodeOutcome } from './outcome.ts';
import { claimKey, readKey, storeOutcome } from './statement.ts';

/** What a mutation wrote: the answer, and what is still to be done once it is committed. */
export interface Written<Answer> {
  readonly answer: Answer;
  /** After the commit: hand a message over. What it throws is the answer instead. */
  readonly afterCommit?: (() => Promise<void>) | null | undefined;
}

const keptMs = 24 * 3600 * 1000;

/**
 * Runs a mutation once per idempotency key (scope: actor, procedure, key; kept 24 h). The key, the effect
 * and the answer commit together, so that a retry after any crash finds either the answer or nothing.
 * Stored are a keyed hash of the input and the answer, in which no secret ever is.
 *
 * @throws CountersignError `idempotency_conflict`: the key came with another input, or its first call is
 * still running after the lock timeout (`details.inProgress`).
 */
export async function once<Answer>(
  context: CoreContext,
  procedure: string,
  input: { readonly idempotencyKey?: string | undefined },
  write: (context: CoreContext) => Promise<Written<Answer>>,
  replayed?: (answer: Answer) => Promise<void>,
): Promise<Answer> {
  const { idempotencyKey, ...rest } = input;
  if (idempotencyKey === undefined) return await finish(context, await write(context));
  const scope = createHash('sha256')
    .update(JSON.stringify([actorKey(context.actor), procedure, idempotencyKey]))
    .digest();
  const inputText = comparableText(rest);
  const key = context.keys.active('idempotency');
  const claimed = await context.database
    .transaction(async (db): Promise<Written<Answer> | null> => {
      const now = context.clock.now();
      const expiresAt = new Date(now.getTime() + keptMs);
      const [mine] = await db.query(claimKey, {
        scope,
        input: keyedDigest(key.key, [inputText]),
        keyId: key.id,
        now,
        expiresAt,
      });
      if (!mine) return null;
      const written = await write({ ...context, db });
      await db.query(storeOutcome, { scope, outcome: encodeOutcome(written.answer) });
      return written;
    })
    .catch((error: unknown) => {
      if (isLockTimeout(error))
        throw new CountersignError('idempotency_conflict', { details: { inProgress: true }, cause: error });
      throw error;
    });
  if (claimed) return await finish(context, claimed);
  const answer = (await replay(context, scope, inputText)) as Answer;
  await replayed?.(answer);
  return answer;
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

async function finish<Answer>(context: CoreContext, written: Written<Answer>): Promise<Answer> {
  context.wake();
  await written.afterCommit?.();
  return written.answer;
}

async function replay(context: CoreContext, scope: Buffer, inputText: string): Promise<unknown> {
  const [stored] = await context.database.pool.query(readKey, { scope });
  const key = stored && context.keys.byId('idempotency', stored.key_id);
  const same = key && timingSafeEqual(stored.input, keyedDigest(key.key, [inputText]));
  if (!same) throw new CountersignError('idempotency_conflict', { details: { inProgress: false } });
  return decodeOutcome(stored.outcome);
}
