import type { Core, EventView } from '@countersign/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventWords } from '../dev/demo.ts';
import type { Report } from './report.ts';

const pauseMilliseconds = 1000;

/** What says an event in words of its own; null leaves it to the catalogue's. */
export type Wording = (event: EventView) => Promise<EventWords | null>;

/** Tells each event of the log from now on, by the stream that clients read. Resolves with what ends it. */
export async function followEvents(
  core: Core,
  { event: tell, logger }: Report,
  wordsOf: Wording = async () => null,
): Promise<() => Promise<void>> {
  const ending = new AbortController();
  const { signal } = ending;
  const service = core.context({ kind: 'service' });
  const begin = (lastEventId?: string) => core.event.stream(service, { lastEventId }, { signal });

  const follow = async (first: AsyncIterable<EventView>): Promise<void> => {
    let lastEventId: string | undefined;
    for (let events: AsyncIterable<EventView> | undefined = first; !signal.aborted; events = undefined) {
      try {
        for await (const event of events ?? (await begin(lastEventId))) {
          lastEventId = event.id;
          // Words are a courtesy: without them the event is told as it is.
          tell(event, await wordsOf(event).catch(() => null));
        }
      } catch (err) {
        logger.warn({ err }, 'the log cannot be followed; trying again');
      }
      await sleep(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  };

  const followed = follow(await begin());
  return async () => {
    ending.abort();
    await followed;
  };
}
