import type { CoreServices } from '../context.ts';
import { pause, within } from '../within.ts';
import { retryAfterSecondsMax, waitsSecondsMax } from './schedule.ts';
import { sendDelivery } from './send.ts';
import { bringForward, broughtForwardMax } from './statement/bring-forward.ts';
import { cancelDeliveries, cancelledMax } from './statement/cancel.ts';
import { claimDeliveries, type ClaimedRow } from './statement/claim.ts';
import { timeoutSeconds, type WebhookTransport } from './transport.ts';

/** Sends what is owed, on this node; others do the same. */
export interface Sender {
  /** Something is owed, or will be in a moment: look now and not at the next poll. */
  readonly wake: () => void;
  /** What is being sent is broken off and given back. */
  stop(): Promise<void>;
}

/** Of one endpoint and process. Nothing else is shared between endpoints: one that never answers has eight connections and no more. */
const perEndpointMax = 8;
/** Longer than a try may take, by as much as clocks of nodes may differ. */
const claimSeconds = 2 * timeoutSeconds;
const lookAgainSeconds = 1;
/** After something has happened it is looked again soon, and less and less often. */
const pollMsMin = 20;
const pollMsMax = 250;
/** What has ended together is looked at together. */
const pauseMs = 5;
const cancelEveryLooks = 4;
const bringForwardEveryMs = 3_600_000;

export function startSender(services: CoreServices, transport: WebhookTransport): Sender {
  const { clock, database, ids, logger } = services;
  const stopped = new AbortController();
  const inFlight = new Map<Promise<void>, string>();
  let bell = Promise.withResolvers<void>();
  let waitMs = pollMsMin;
  let hasFailed = false;
  let broughtForwardAt = Number.NEGATIVE_INFINITY;
  /** That were far ahead then: an hour later they are nobody's. */
  let oldClaims: readonly string[] = [];
  const wake = () => bell.resolve();

  /** Whether it is worth to look again at once. */
  async function look(): Promise<boolean> {
    const now = clock.now();
    const busy = Map.groupBy(inFlight.values(), (endpointId) => endpointId);
    const claim = ids.uuid();
    const found = await database.pool.query(claimDeliveries, {
      now,
      claim,
      claimedUntil: addSeconds(now, claimSeconds),
      lookAgainAt: addSeconds(now, lookAgainSeconds),
      busyEndpointIds: [...busy.keys()],
      busyCounts: [...busy.values()].map(({ length }) => String(length)),
      perEndpointMax,
    });
    for (const row of found) if (row.is_taken) send(row, claim);
    return found.some((row) => row.is_put_off);
  }

  function send(row: ClaimedRow, claim: string): void {
    const sending = sendDelivery(services, transport, { row, claim, signal: stopped.signal })
      .catch((cause: unknown) => {
        if (!stopped.signal.aborted)
          logger.warn(
            { eventId: row.event, cause },
            'what came of a webhook cannot be noted; it is sent again',
          );
      })
      .finally(() => {
        inFlight.delete(sending);
        wake();
      });
    inFlight.set(sending, row.endpoint_id);
  }

  async function cancel(): Promise<void> {
    const cancelled = await database.pool.query(cancelDeliveries, { now: clock.now(), before: null });
    if (cancelled.length === cancelledMax && !stopped.signal.aborted) await cancel();
  }

  /** When it starts, once an hour, and when its clock was set back by more. */
  async function bringLateForward(): Promise<void> {
    const now = clock.now();
    if (Math.abs(now.getTime() - broughtForwardAt) < bringForwardEveryMs) return;
    const late = await database.pool.query(bringForward, {
      now,
      oldClaims,
      waitsSecondsMax: waitsSecondsMax.map(String),
      askedSecondsMax: retryAfterSecondsMax,
    });
    if (late.filter((row) => row.is_brought).length >= broughtForwardMax / 2) return; // There may be more.
    broughtForwardAt = now.getTime();
    oldClaims = late.flatMap(({ claim }) => claim ?? []);
  }

  async function turn(looks: number): Promise<boolean> {
    try {
      const again = await look();
      if (looks % cancelEveryLooks === 0) await cancel();
      await bringLateForward();
      hasFailed = false;
      return again;
    } catch (cause) {
      if (!hasFailed && !stopped.signal.aborted)
        logger.warn({ cause }, 'webhooks cannot be sent; trying again');
      hasFailed = true;
      waitMs = pollMsMax;
      return false;
    }
  }

  const running = (async () => {
    for (let looks = 0; !stopped.signal.aborted; looks += 1) {
      if (await turn(looks)) continue;
      await pause(pauseMs);
      const isRung = await within(waitMs, bell.promise.then(isSo), false);
      waitMs = isRung ? pollMsMin : Math.min(2 * waitMs, pollMsMax);
      bell = Promise.withResolvers();
    }
  })();

  return {
    wake,
    async stop() {
      stopped.abort();
      bell.resolve();
      await running;
      await Promise.all(inFlight.keys());
    },
  };
}

const isSo = () => true;

function addSeconds(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000);
}
