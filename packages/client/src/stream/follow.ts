import { createBackoff, type BackoffLimits } from '../backoff.ts';
import { isCountersignError, type FailureReason } from '../error.ts';
import type { Dates } from '../generated/dates.ts';
import type { AuthorizationRequestWatchEvent } from '../generated/schema.ts';
import { pause } from '../pause.ts';
import { revive } from '../revive.ts';
import { createInbox } from './inbox.ts';
import type { StreamTransport } from './transport.ts';

export interface StreamInput {
  readonly lastEventId?: string | undefined;
  readonly from?: 'now' | 'start' | undefined;
}

/** What one kind of stream has of its own. */
export interface StreamRules {
  /**
   * Where a stream begins that was given no place: asked before it is opened, so that it can be cut before its
   * first event and miss nothing. Undefined when there is no telling.
   */
  readonly beginning: (signal: AbortSignal) => Promise<string | undefined>;
  /** Whether nothing can follow after this event. */
  readonly isLast: (event: AuthorizationRequestWatchEvent) => boolean;
}

export interface StreamOptions {
  readonly transport: StreamTransport;
  readonly path: string;
  readonly input: StreamInput;
  readonly dates: Dates | undefined;
  readonly rules: StreamRules;
  readonly bufferedEventsMax: number;
  readonly reconnect: BackoffLimits;
}

/** Asking again would be answered the same. */
const finalReasons: ReadonlySet<FailureReason> = new Set([
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'insufficient_scope',
  'not_found',
]);

/**
 * Follows a stream across any number of connections: each is asked to go on after the last event that the
 * consumer has taken, so every event comes once and in its order. Network trouble is waited out; only a
 * refusal that repeating would not change is thrown. A token that is refused before anything came is replaced
 * once, if there is another one by now.
 *
 * A server that stops ends its streams as if they were complete; so only the events themselves tell whether
 * anything can follow.
 */
export async function* follow(
  { transport, path, input, dates, rules, bufferedEventsMax, reconnect }: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<AuthorizationRequestWatchEvent, void, void> {
  const patience = createBackoff(reconnect);
  const begun = input.lastEventId ?? (await rules.beginning(signal));
  let lastTaken: string | undefined;
  let isRenewed = false;
  let isOver = false;
  while (!signal.aborted) {
    const subscription = new AbortController();
    const inbox = createInbox(bufferedEventsMax, () => subscription.abort());
    const leave = (): void => inbox.end({ kind: 'cut' });
    signal.addEventListener('abort', leave);
    try {
      const call = { path, input, lastEventId: lastTaken ?? begun };
      transport.open(call, inbox, subscription.signal);
      let arrival = await inbox.take();
      for (; arrival.kind === 'event' && !signal.aborted; arrival = await inbox.take()) {
        const event = revive(arrival.data, dates) as AuthorizationRequestWatchEvent;
        isOver ||= rules.isLast(event);
        if (isToldAlready(event, lastTaken)) continue;
        lastTaken = event.id;
        isRenewed = false;
        patience.reset();
        yield event;
      }
      if (arrival.kind === 'complete' && isOver) return;
      if (arrival.kind === 'refused' && arrival.isOutdated === true && !isRenewed) isRenewed = true;
      else if (arrival.kind === 'refused' && isFinal(arrival.error)) throw arrival.error;
      else if (arrival.kind === 'refused' || arrival.kind === 'complete')
        await pause(patience.next(), signal);
    } finally {
      signal.removeEventListener('abort', leave);
      subscription.abort();
    }
  }
}

/** A watch that is taken up again begins with the request as it stands, once more. */
function isToldAlready(event: AuthorizationRequestWatchEvent, lastTaken: string | undefined): boolean {
  if (lastTaken === undefined) return false;
  return event.id === lastTaken || event.type === 'authorization_request.snapshot';
}

function isFinal(error: unknown): boolean {
  return !isCountersignError(error) || finalReasons.has(error.reason);
}
