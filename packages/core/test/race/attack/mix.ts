import { errorReasons, type Limits } from '../../../src/index.ts';
import { formatId } from '../../../src/id.ts';
import { findViolations } from '../../../testing/invariants.ts';
import { core, type Arena } from '../arena.ts';
import {
  checkCall,
  grantCall,
  rightCode,
  tally,
  verdictOf,
  wrongCode,
  type Call,
  type Side,
} from '../call.ts';
import { createRandom, type Random } from '../../../testing/random.ts';
import { claim } from './claim.ts';
import { consumeCall } from './consume.ts';
import { createCall, transferOf } from './open-request.ts';

/** Tight enough that refusals happen, wide enough that the mix goes on. */
const limits: Partial<Limits> = {
  wrongProofsPerDayMax: 5000,
  consecutiveWrongMax: 5000,
  consecutiveWrongFree: 5000,
  waitingPerSubjectMax: 12,
  sendsPerSubjectDayMax: 5000,
  sendsPerRecipient10MinutesMax: 5000,
  sendsPerRecipientDayMax: 5000,
  resendsPerRequestMax: 30,
  resendCoolDownSeconds: 0,
  attemptSecondsMax: 1,
};
const side: Side = { ...core, limits };
const subjects = ['ada', 'grace', 'alan'];

export interface Mixed {
  readonly calls: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly deadlocks: number;
}

/**
 * Every command at the same time on few subjects, few requests and two mailboxes: whatever order locks can be
 * taken in, they are. Throws on an answer that is no answer, and on a broken invariant.
 */
export async function mixCommands(
  arena: Arena,
  { milliseconds, seed }: { readonly milliseconds: number; readonly seed: number },
): Promise<Mixed> {
  const random = createRandom(seed);
  const verdicts: Record<string, number> = {};
  let ids: string[] = [];
  let calls = 0;
  await arena.race(side, []); // so that starting the processes is no part of it
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const batch = Array.from({ length: 160 }, () => anyCall(random, ids));
    const { outcomes } = await arena.race(side, batch);
    for (const outcome of outcomes) {
      const known = outcome.ok || (errorReasons as readonly string[]).includes(outcome.reason);
      claim(
        known && verdictOf(outcome) !== 'internal',
        `no answer of the contract: ${JSON.stringify(outcome)}`,
      );
      claim(outcome.ok || outcome.sqlState !== '40P01', `a deadlock: ${JSON.stringify(outcome)}`);
    }
    for (const [verdict, times] of Object.entries(tally(outcomes)))
      verdicts[verdict] = (verdicts[verdict] ?? 0) + times;
    calls += batch.length;
    ids = await undecided(arena);
    if (random.next() < 0.1) await crashSomeAttempts(arena);
  }
  const violations = await findViolations(arena.sql, { limits, now: new Date() });
  claim(violations.length === 0, violations.join('\n'));
  return { calls, verdicts, deadlocks: await countDeadlocks(arena) };
}

function anyCall(random: Random, ids: readonly string[]): Call {
  const id = ids.length > 0 ? random.pick(ids) : 'areq_none';
  const chance = random.next();
  const key = random.next() < 0.3 ? { idempotencyKey: `key-${random.integer(400)}` } : {};
  if (chance < 0.15) return createAny(random, key);
  if (chance < 0.45) return keyed(grantCall(id, wrongCode(random.integer(100))), key);
  if (chance < 0.55) return keyed(checkCall(id, random.pick([rightCode, wrongCode(1)])), key);
  if (chance < 0.6) return keyed(grantCall(id, rightCode), key);
  if (chance < 0.7) return { command: 'challenge', input: { id, ...key } };
  if (chance < 0.8) return { command: 'reset', input: { id, ...key } };
  if (chance < 0.81) return { command: 'deny', input: { id, ...key } };
  if (chance < 0.82) return { command: 'cancel', input: { id, ...key } };
  if (chance < 0.87) return { command: 'sweep', input: {} };
  if (chance < 0.9) return { command: 'get', input: { id } };
  return consumeCall(id, transferOf(random.pick(subjects)), key);
}

function createAny(random: Random, key: object): Call {
  const deliverTo = { channel: 'email', address: `${random.pick(['one', 'two'])}@example.org` };
  // Three amounts, so that what was denied is asked again; some live a second, so that they expire.
  const amountCents = random.pick([250_000, 250_000, 1, 2]);
  const expiresInSeconds = random.pick([1, 2, 300]);
  const asked = { ...transferOf(random.pick(subjects)), data: { to: 'GB29', amountCents } };
  return createCall(asked, { deliverTo, expiresInSeconds, ...key });
}

function keyed(call: Call, key: object): Call {
  return { ...call, input: { ...(call.input as object), ...key } };
}

/** The newest requests that something can still happen to. */
async function undecided(arena: Arena): Promise<string[]> {
  const { rows } = await arena.sql.query<{ id: string }>(
    `SELECT id FROM countersign.authorization_request
     WHERE state = 'waiting' OR (state = 'granted' AND consumed_at IS NULL) ORDER BY id DESC LIMIT 8`,
  );
  return rows.map(({ id }) => formatId('authorizationRequest', id));
}

/** What processes leave behind that died while they judged: no attempt left, some never settled. */
async function crashSomeAttempts(arena: Arena): Promise<void> {
  await arena.sql.query(
    `UPDATE countersign.authorization_request
     SET attempts_open = least(attempts_max, attempts_open + attempts_left), attempts_left = 0, attempted_at = now() - interval '1 minute'
     WHERE id IN (SELECT id FROM countersign.authorization_request WHERE state = 'waiting' AND random() < 0.5 FOR UPDATE SKIP LOCKED)`,
  );
}

async function countDeadlocks(arena: Arena): Promise<number> {
  const { rows } = await arena.sql.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
}
