import type { CoreServices } from '../../context.ts';
import type { Executor } from '../../database/executor.ts';
import { Abandoned } from '../../database/transactions.ts';
import { CountersignError } from '../../error.ts';
import { formatPosition, type Position } from '../position.ts';
import type { EventRow } from '../row.ts';
import { countParked, measuredBatch } from './measured-batch.ts';
import { batchOpener } from './open-batch.ts';
import { readBehind } from './read-behind.ts';
import { retryAfter, waitOf, type Wait } from './retry.ts';
import type { SubscriberRow } from './row.ts';
import { failSubscriber, parkSubscriber } from './statement/fail.ts';
import { moveSubscriber } from './statement/move.ts';
import { readSubscriber, takeSubscriber } from './statement/take.ts';
import { noteWaiting } from './statement/wait.ts';
import type { Subscription } from './subscription.ts';

/** What a turn found, and so when the next one is due. */
export type Turn =
  /** There may be more: at once. */
  | 'again'
  /** Nothing new: when something is committed. */
  | 'idle'
  /**
   * Another node has it, it waits after a failure or for a node that knows the next event, or it is parked: in a while,
   * whatever is committed.
   */
  | 'later'
  /** It failed here: in a longer while, so that another node, which may be able to, looks first. */
  | 'failed'
  /** Its name has no place in the log. */
  | 'unknown';

/** What this process knows of a subscriber between its turns. */
export interface Memory {
  /** So many events are handled one by one: a batch has failed, and one of them is why. */
  oneByOne: number;
  /** How far nothing was for it, beyond its stored place. It is written down now and then only. */
  passedOver: { readonly from: string; readonly to: Position; readonly since: Date } | null;
  /** Types that are not known here and that it has stood still before: said once each. */
  readonly unknownTypes: Set<string>;
  /** The wait after its last failure. */
  wait: Wait | null;
}

export interface TurnWorld {
  readonly services: CoreServices;
  readonly subscription: Subscription;
  /** This process, as operators know it. */
  readonly node: string;
  /** Aborts when the process stops. */
  readonly signal: AbortSignal;
}

const passedOverSecondsMax = 10;

/** A batch that was thrown by its handler: what it began with, and why. */
interface Failed {
  readonly row: SubscriberRow;
  readonly events: readonly EventRow[];
  readonly cause: unknown;
}

/** Somebody else has moved the subscriber meanwhile. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * One batch, in one transaction: take the subscriber, read where it stands and what is behind it, have it handled, move
 * its place. A crash anywhere leaves all of it or nothing (effect once). What fails rolls back; the failure is noted
 * when that is over. A batch of several that fails is not held against any of them: they are tried one by one.
 */
export async function takeTurn(world: TurnWorld, memory: Memory): Promise<Turn> {
  const { services, subscription, signal } = world;
  const open = batchOpener(services.database, subscription);
  let failed: Failed | null = null;
  let handled: Omit<Failed, 'cause'> | null = null;
  let unreadable: Omit<Failed, 'events'> | null = null;
  let turn: Turn = 'later';
  try {
    await open(async (db, tx, additions) => {
      [failed, handled, unreadable] = [null, null, null];
      const idleMilliseconds = String(subscription.timeoutSeconds * 1000);
      const [lock] = await db.query(takeSubscriber, { name: subscription.name, idleMilliseconds });
      if (!lock?.taken) return (turn = 'later');
      const [row] = await db.query(readSubscriber, { name: subscription.name });
      if (!row) return (turn = 'unknown');
      if (row.state === 'parked') return (turn = 'later');
      const now = services.clock.now();
      memory.wait = waitOf(row, memory.wait, now, subscription.retrySecondsMax);
      if (memory.wait !== null && memory.wait.end > now) return (turn = 'later');
      if (memory.passedOver?.from !== formatPosition(row)) memory.passedOver = null;
      const after = memory.passedOver?.to ?? row;
      const limit = memory.oneByOne > 0 ? 1 : subscription.batchSizeMax;
      const {
        rows: events,
        end,
        unknown,
      } = await readBehind(subscription, db, after, limit).catch((cause: unknown) => {
        if (cause instanceof CountersignError && cause.reason === 'invalid_input')
          unreadable = { row, cause };
        throw cause;
      });
      if (end === null && unknown !== null) return (turn = await wait(world, memory, db, { row, unknown }));
      if (end === null) return (turn = await rest(world, memory, db, row));
      if (events.length === 0) return (turn = await passOver(world, memory, db, { row, end }));
      const late = AbortSignal.timeout(subscription.timeoutSeconds * 1000);
      try {
        const until = AbortSignal.any([signal, late]);
        const batch = { after, db, tx, additions, attempt: row.failures + 1, signal: until };
        await measuredBatch(services, subscription.name, events.length, async () => {
          await inTime(world, memory, { row, events }, late, subscription.handle(events, batch));
        });
      } catch (cause) {
        failed = { row, events, cause };
        throw cause;
      }
      handled = { row, events };
      await move(world, db, row, end);
      memory.oneByOne = Math.max(0, memory.oneByOne - events.length);
      return (turn = 'again');
    });
    return turn;
  } catch (error) {
    if (unreadable !== null) return await park(world, unreadable);
    if (failed !== null) return await noteFailure(world, memory, failed, (failed as Failed).cause);
    if (error instanceof Overtaken) return 'again';
    if (handled !== null && !isAway(error)) return await noteFailure(world, memory, handled, error);
    throw error;
  }
}

/** What the database refuses at the end, such as a constraint that waits for it, is the batch's own failure. */
function isAway(error: unknown): boolean {
  return error instanceof CountersignError && error.reason === 'unavailable_dependency';
}

/**
 * A function that does not end in its time has failed. Its connection is given up, so that whatever it does later is
 * done over none. A host's own transaction is the host's to end: there it is said, and waited for; PostgreSQL has ended
 * its session meanwhile.
 */
async function inTime(
  world: TurnWorld,
  memory: Memory,
  began: Omit<Failed, 'cause'>,
  late: AbortSignal,
  handling: Promise<void>,
): Promise<void> {
  const { subscription } = world;
  const failure = () => new Abandoned(`took longer than ${subscription.timeoutSeconds} s`);
  const isOver = Promise.withResolvers<never>();
  const end = () => {
    if (subscription.transaction === undefined) isOver.reject(failure());
    else void noteFailure(world, memory, began, failure()).catch(() => undefined);
  };
  late.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([handling, isOver.promise]);
  } finally {
    late.removeEventListener('abort', end);
    handling.catch(() => undefined); // It may fail later, when nobody waits for it.
  }
  if (late.aborted) throw failure();
}

/** Nothing for it until `end`. To write that down each time would cost a commit for each commit of others. */
async function passOver(
  world: TurnWorld,
  memory: Memory,
  db: Executor,
  { row, end }: { readonly row: SubscriberRow; readonly end: Position },
): Promise<Turn> {
  const now = world.services.clock.now();
  const since = memory.passedOver?.since ?? now;
  memory.passedOver = { from: formatPosition(row), to: end, since };
  if (now.getTime() - since.getTime() < passedOverSecondsMax * 1000) return 'again';
  await move(world, db, row, end);
  memory.passedOver = null;
  return 'again';
}

/** Nothing new. What was passed over is written down once it is old: who looks at the place would take it for late. */
async function rest(world: TurnWorld, memory: Memory, db: Executor, row: SubscriberRow): Promise<Turn> {
  const { passedOver } = memory;
  if (passedOver === null) return 'idle';
  if (world.services.clock.now().getTime() - passedOver.since.getTime() < passedOverSecondsMax * 1000)
    return 'idle';
  await move(world, db, row, passedOver.to);
  memory.passedOver = null;
  return 'idle';
}

/** The lock goes back at once, so that a node which knows the event gets the next turn, whichever that is. */
async function wait(
  { services: { clock, logger }, subscription: { name } }: TurnWorld,
  memory: Memory,
  db: Executor,
  { row, unknown }: { readonly row: SubscriberRow; readonly unknown: EventRow },
): Promise<Turn> {
  const { epoch, txid, sequence, id } = row;
  const eventId = formatPosition(unknown);
  const eventType: string = unknown.type;
  if (row.failed_event !== eventId) {
    const why = `unknown_event_type ${eventType}`.slice(0, 200);
    await db.query(noteWaiting, { name, epoch, txid, sequence, id, now: clock.now(), event: eventId, why });
  }
  if (!memory.unknownTypes.has(eventType))
    logger.warn(
      { subscriber: name, eventId, eventType },
      'a subscriber stands still: a newer version wrote its next event, and a node of that version must go on',
    );
  memory.unknownTypes.add(eventType);
  return 'later';
}

async function move(
  { services: { clock }, subscription: { name }, node }: TurnWorld,
  db: Executor,
  from: SubscriberRow,
  { epoch, txid, sequence, id }: Position,
): Promise<void> {
  const [moved] = await db.query(moveSubscriber, {
    name,
    node,
    now: clock.now(),
    epoch,
    txid,
    sequence,
    id,
    fromEpoch: from.epoch,
    fromTxid: from.txid,
    fromSequence: from.sequence,
    fromId: from.id,
  });
  if (!moved) throw new Overtaken();
}

async function noteFailure(
  { services, subscription: { name, attemptsMax, retrySecondsMax }, node, signal }: TurnWorld,
  memory: Memory,
  { row, events }: Omit<Failed, 'cause'>,
  cause: unknown,
): Promise<Turn> {
  const [first] = events;
  if (!first || signal.aborted) return 'later';
  if (events.length > 1) {
    memory.oneByOne = events.length;
    services.logger.warn(
      { subscriber: name, cause },
      'a batch of a subscriber failed; its events one by one',
    );
    return 'again';
  }
  const { clock, database, ids, logger } = services;
  const now = clock.now();
  const eventId = formatPosition(first);
  const errorId = ids.uuid();
  const fields = {
    subscriber: name,
    eventId,
    eventType: first.type,
    attempt: row.failures + 1,
    errorId,
    cause,
  };
  const [noted] = await database.pool.query(failSubscriber, {
    name,
    node,
    now,
    epoch: row.epoch,
    txid: row.txid,
    sequence: row.sequence,
    id: row.id,
    attemptsMax,
    failures: row.failures,
    failedEvent: eventId,
    failure: `${cause instanceof Error ? cause.constructor.name : typeof cause} ${errorId}`.slice(0, 200),
    retryAt: retryAfter(row.failures + 1, now, retrySecondsMax),
  });
  if (noted?.state === 'parked') {
    countParked(services, name);
    logger.error(fields, 'a subscriber is parked: an event has failed too often');
  } else logger.warn(fields, 'a subscriber failed; it is tried again');
  return 'failed';
}

/** What stood behind its place is not kept any more: to go on would lose it without a word. An operator says from where. */
async function park(
  { services, subscription: { name }, node }: TurnWorld,
  { row, cause }: Omit<Failed, 'events'>,
): Promise<Turn> {
  const { clock, database, ids, logger } = services;
  const errorId = ids.uuid();
  const { epoch, txid, sequence, id } = row;
  const failure = `unreadable_place ${errorId}`;
  const place = { name, node, now: clock.now(), epoch, txid, sequence, id, failure };
  const [parked] = await database.pool.query(parkSubscriber, place);
  if (parked) {
    countParked(services, name);
    logger.error(
      { subscriber: name, errorId, cause },
      'a subscriber is parked: the log cannot be read from its place',
    );
  }
  return 'later';
}
