import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../../context.ts';
import { within } from '../../within.ts';
import type { LogReader } from '../log-reader.ts';
import { logStart, type Position } from '../position.ts';
import { registerSubscriber } from './statement/register.ts';
import type { Subscription } from './subscription.ts';
import { takeTurn, type Memory, type Turn } from './turn.ts';

export interface RunningSubscriber {
  /** Lets the batch in progress end: at most as long as the subscription says. */
  stop(): Promise<void>;
}

export interface SubscriberHost {
  readonly services: CoreServices;
  readonly reader: LogReader;
  readonly node: string;
}

const pollMs = 1000;
const eagerPollMs = 250;
/** Longer than the others look away: else whoever has failed would look first when the wait is over, nearly always. */
const standBackMs = 2 * pollMs;
/** A handler that does not listen to its signal is left behind; what it has not written, it will not write. */
const leaveMs = 1000;

/**
 * Follows the log under a name: on this node, or on another one that has the name too, one at a time. A name that is
 * new begins at the present end of the log as of this call, or at its start.
 */
export function startSubscriber(
  { services, reader, node }: SubscriberHost,
  subscription: Subscription,
): RunningSubscriber {
  const { name, timeoutSeconds } = subscription;
  const { logger } = services;
  const stopped = new AbortController();
  const memory: Memory = { oneByOne: 0, passedOver: null, unknownTypes: new Set(), wait: null };
  const present = () => (subscription.from === 'start' ? logStart : reader.place);
  /** As of this call; once it was there, as of when somebody has forgotten it. */
  let beginning: Position | null = present();
  let hasFailed = false;
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  const leave = subscription.isEager ? reader.woken(ring) : followWanted(reader, subscription, ring);

  async function turn(): Promise<Turn> {
    if (subscription.isReady?.() === false) return 'later';
    try {
      const found = await takeTurn({ services, subscription, node, signal: stopped.signal }, memory);
      if (found === 'unknown') {
        const { epoch, txid, sequence, id } = beginning ?? present();
        const now = services.clock.now();
        await services.database.pool.query(registerSubscriber, { name, epoch, txid, sequence, id, now });
      }
      if (found === 'again' || found === 'idle') beginning = null;
      hasFailed = false;
      return found;
    } catch (cause) {
      if (!hasFailed && !stopped.signal.aborted)
        logger.warn({ subscriber: name, cause }, 'a subscriber cannot go on; trying again');
      hasFailed = true;
      return 'later';
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const rung = bell;
      const found = await turn();
      if (found === 'again' || found === 'unknown') continue;
      if (found === 'idle')
        await within(subscription.isEager ? eagerPollMs : pollMs, rung.promise, undefined);
      else {
        const waitMs = found === 'failed' ? standBackMs : pollMs;
        await sleep(waitMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      }
      bell = Promise.withResolvers();
    }
  }

  const running = run();
  return {
    async stop() {
      leave();
      stopped.abort();
      bell.resolve();
      await within(timeoutSeconds * 1000 + leaveMs, running, undefined);
    },
  };
}

/** Rung by what the reader of this node tells of the types that are wanted: a turn is four round trips. */
function followWanted(reader: LogReader, { types }: Subscription, ring: () => void): () => void {
  return reader.follow({
    told(rows) {
      if (types === null || rows.some(({ type }) => types.includes(type))) ring();
    },
    ended: ring,
  });
}
