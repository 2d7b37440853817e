import {
  CountersignError,
  type Core,
  type CoreContext,
  type EventType,
  type EventView,
} from '@countersign/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { note } from '../tell.ts';

export interface FollowOptions {
  readonly core: Core;
  readonly service: CoreContext;
  /** Null: all of them. */
  readonly types: readonly EventType[] | null;
  readonly signal: AbortSignal;
}

const pauseMilliseconds = 1000;

/**
 * Each event of the log once, from now on until the signal. A database that goes away is waited for.
 *
 * @throws when it is away at the beginning.
 */
export async function followFromNow(options: FollowOptions): Promise<AsyncIterable<EventView>> {
  return goOn(await begin(options), options);
}

async function begin(
  { core, service, types, signal }: FollowOptions,
  lastEventId?: string,
): Promise<AsyncIterable<EventView>> {
  const filter = types === null ? {} : { types: [...types] };
  return await core.event.stream(service, { ...filter, lastEventId }, { signal });
}

async function* goOn(first: AsyncIterable<EventView>, options: FollowOptions): AsyncGenerator<EventView> {
  const { signal } = options;
  let lastEventId: string | undefined;
  let events: AsyncIterable<EventView> | null = first;
  let hasFailed = false;
  while (!signal.aborted) {
    try {
      for await (const event of events ?? (await begin(options, lastEventId))) {
        lastEventId = event.id;
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
