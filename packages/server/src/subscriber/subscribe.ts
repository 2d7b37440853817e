import {
  CountersignError,
  fullViewOf,
  type AuthorizationRequestView,
  type Core,
  type EventType,
  type EventView,
  type OpenBatch,
  type RunningSubscriber,
  type TransactionHandle,
} from '@countersign/core';
import type { CountersignEvent } from '../event/listeners.ts';
import { transactionOf } from '../guard/transaction.ts';
import { parseSubscriber, type SubscriberHandler, type SubscriberOptions } from './options.ts';

/**
 * Runs the functions of a host behind its durable place in the log: one event after the other, in the order of the log.
 *
 * @throws SettingsError naming every wrong option at once.
 */
export function subscribe<Tx>(core: Core, options: SubscriberOptions<Tx>): RunningSubscriber {
  const { name, on, from, batchSizeMax, timeoutSeconds, attemptsMax, em, transaction } =
    parseSubscriber(options);
  const handlers = new Map(
    Object.entries(on).flatMap(([type, handler]) => (handler ? [[type as EventType, handler] as const] : [])),
  );
  // Its type names the transaction that the host's functions get; the parsed options have forgotten it.
  const open = transaction as OpenBatch | undefined;
  const inManager: OpenBatch | undefined = em && ((run) => transactionOf(em.fork())({}, run));
  const opened = open ?? inManager;
  return core.subscriber.start({
    name,
    from,
    batchSizeMax,
    timeoutSeconds,
    attemptsMax,
    types: [...handlers.keys()],
    ...(opened && { transaction: opened }),
    async handle(rows, { tx, attempt, signal }) {
      const requests = new Map<string, AuthorizationRequestView | null>();
      for (const event of rows.map(fullViewOf)) {
        signal.throwIfAborted();
        const complete = { ...event, request: await requestOf(core, event, requests) } as CountersignEvent;
        await (handlers.get(event.type) as SubscriberHandler<EventType, TransactionHandle>)(complete, {
          tx,
          attempt,
          signal,
        });
      }
    },
  });
}

/** As it is now, each once a batch. Null when the event is about something else, or the request was purged. */
async function requestOf(
  core: Core,
  { about: { kind, id } }: EventView,
  known: Map<string, AuthorizationRequestView | null>,
): Promise<AuthorizationRequestView | null> {
  if (kind !== 'authorization_request') return null;
  const found = known.get(id) ?? (await readRequest(core, id));
  known.set(id, found);
  return found;
}

async function readRequest(core: Core, id: string): Promise<AuthorizationRequestView | null> {
  try {
    return await core.authorizationRequest.get(core.context({ kind: 'service' }), { id });
  } catch (error) {
    if (error instanceof CountersignError && error.reason === 'not_found') return null;
    throw error;
  }
}
