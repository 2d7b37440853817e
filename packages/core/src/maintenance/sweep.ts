import { exhaustRequests } from '../authorization-request/statement/exhaust.ts';
import { expireRequests } from '../authorization-request/statement/expire.ts';
import { expireConfirmations } from '../confirmation/statement/expire.ts';
import { isTooFarAhead } from '../clock-ahead.ts';
import type { CoreServices } from '../context.ts';
import type { Executor } from '../database/executor.ts';
import { statement } from '../database/statement.ts';
import { establishEpoch } from '../event/epoch.ts';
import { formatId } from '../id.ts';
import { forgetKeys } from '../idempotency/statement.ts';
import { forgetEndedKeys } from '../scoped-token/key/statement.ts';
import { declaredMethod, silentSpan } from '../telemetry.ts';
import { countTransition } from '../transition.ts';
import { nextPart, notePart, type Part } from './late-commit.ts';

const takeSweep = statement<object, { taken: boolean; swept_until: Date | number; now: Date }>(
  'sweep_take',
  `SELECT pg_try_advisory_xact_lock(7261943002) AS taken,
     CASE WHEN swept_until = '-infinity' THEN to_timestamp(0) ELSE swept_until END AS swept_until, clock_timestamp() AS now
   FROM countersign.installation`,
);
/** Up to what still waits though it is due: more than a batch, or a row that somebody holds. */
const noteSwept = statement<{ readonly from: Date; readonly now: Date }, { swept_until: Date }>(
  'sweep_note',
  /* sql */ `
UPDATE countersign.installation SET swept_until = least(:now::timestamptz, (
  SELECT min(r.expires_at) FROM countersign.authorization_request r
  WHERE r.expires_at > :from::timestamptz AND r.expires_at <= :now::timestamptz AND r.state = 'waiting'), (
  SELECT min(r.expires_at) FROM countersign.confirmation r
  WHERE r.expires_at > :from::timestamptz AND r.expires_at <= :now::timestamptz AND r.state IN ('open', 'confirmed')))
RETURNING swept_until`,
);

export const batchSizeMax = 500;
/** Clocks of nodes differ a little, and a transaction that creates a request takes a while. */
const overlapMs = 60_000;

interface Expired {
  readonly requests: readonly { readonly id: string; readonly slug: string }[];
  readonly confirmations: readonly { readonly id: string }[];
}

const nothing: Expired = { requests: [], confirmations: [] };

function isFull({ requests, confirmations }: Expired): boolean {
  return requests.length === batchSizeMax || confirmations.length === batchSizeMax;
}

async function expire(db: Executor, { after, until }: Pick<Part, 'after' | 'until'>): Promise<Expired> {
  const told = { after, until, eventContext: null, batchSizeMax };
  return {
    requests: await db.query(expireRequests, told),
    confirmations: await db.query(expireConfirmations, told),
  };
}

/**
 * Writes down what time has decided: expired requests and confirmations, and requests that a crash left without
 * attempts. One process at a time, by an advisory lock. It makes events, never answers: with the sweep off, every answer
 * is the same (I10).
 *
 * Before it writes anything it asks whether the database is still the one in which the log goes on: a standby may have
 * been promoted meanwhile.
 *
 * By a clock that is far ahead things expire early, which grants nothing; no key is deleted by it.
 *
 * @returns how many it decided; null when another process is sweeping.
 */
export async function sweep(services: CoreServices): Promise<number | null> {
  await establishEpoch(services.database);
  const decided = await services.database.transaction(async (db) => {
    const askedAt = services.clock.now().getTime();
    const [state] = await db.query(takeSweep, {});
    if (!state?.taken) return null;
    const now = services.clock.now();
    const from = new Date(Math.min(new Date(state.swept_until).getTime(), now.getTime()) - overlapMs);
    // First what was committed late: nothing is written yet, so that nobody waits for what is read.
    const part = await nextPart(services.database, db, { now, until: from });
    const late = part === null ? nothing : await expire(db, part);
    const due = await expire(db, { after: from, until: now });
    const exhausted = await db.query(exhaustRequests, {
      now,
      eventContext: null,
      by: 'system',
      attemptedBefore: new Date(now.getTime() - services.limits.attemptSecondsMax * 1000),
      onlyId: null,
      batchSizeMax,
    });
    // By a clock that is ahead more is swept than is noted: what others create until then is theirs.
    const until = services.clock.isMovedByHand ? now : new Date(Math.min(now.getTime(), state.now.getTime()));
    await db.query(noteSwept, { from, now: until });
    const isAhead = isTooFarAhead(services.clock, askedAt - state.now.getTime());
    const requests = [...late.requests, ...due.requests];
    const confirmations = [...late.confirmations, ...due.confirmations];
    return { part, isMore: isFull(late), requests, exhausted, confirmations, isAhead };
  });
  if (decided === null) return null;
  const { part, isMore, requests, exhausted, confirmations, isAhead } = decided;
  if (part !== null && !isMore) notePart(services.database, part);
  const ids = [
    ...[...requests, ...exhausted].map(({ id }) => formatId('authorizationRequest', id)),
    ...confirmations.map(({ id }) => formatId('confirmation', id)),
  ];
  if (ids.length > 0) services.wake(ids);
  const method = declaredMethod(services, null);
  for (const { slug } of requests)
    countTransition(services, { outcome: 'expired', slug, method }, silentSpan);
  for (const { slug } of exhausted)
    countTransition(services, { outcome: 'denied', slug, method, reason: 'attempts_exhausted' }, silentSpan);
  if (isAhead) return ids.length;
  await services.database.pool.query(forgetKeys, { now: services.clock.now() });
  await services.database.pool.query(forgetEndedKeys, { now: services.clock.now() });
  return ids.length;
}
