import {
  CountersignError,
  type Core,
  type CoreContext,
  type EventStreamInput,
  type EventView,
} from '@countersign/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { note } from './tell.ts';

export interface FollowOptions {
  readonly core: Core;
  readonly service: CoreContext;
  readonly filter: Omit<EventStreamInput, 'from' | 'lastEventId'>;
  /** `start`, `now`, or the event to go on after. */
  readonly from: string;
  readonly signal: AbortSignal;
}

const pauseMilliseconds = 1000;

/**
 * Each event of the log once, until the signal. A stream that breaks goes on where it was, also before its first event:
 * so the present end is a place of its own (docs/adr/0009).
 *
 * @throws CountersignError for what cannot begin: `invalid_input`, `unavailable_dependency`.
 */
export async function followLog(options: FollowOptions): Promise<AsyncIterable<EventView>> {
  const { core, service, from } = options;
  const after = from === 'now' ? (await core.event.list(service, { from })).cursor : from;
  return goOn(await begin(options, after), { ...options, from: after ?? from });
}

async function begin({ core, service, filter, signal }: FollowOptions, after: string | null) {
  const place = after === null || after === 'start' ? ({ from: 'start' } as const) : { lastEventId: after };
  return await core.event.stream(service, { ...filter, ...place }, { signal });
}

async function* goOn(first: AsyncIterable<EventView>, options: FollowOptions): AsyncGenerator<EventView> {
  const { signal } = options;
  let place = options.from;
  let events: AsyncIterable<EventView> | null = first;
  let hasFailed = false;
  while (!signal.aborted) {
    try {
      for await (const event of events ?? (await begin(options, place))) {
        place = event.id;
        hasFailed = false;
        yield event;
      }
    } catch (error) {
      if (error instanceof CountersignError && error.reason === 'invalid_input') throw error;
      if (!hasFailed && !signal.aborted) note('The log cannot be read; trying again.');
      hasFailed = true;
    }
    events = null;
    await sleep(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}
