import { useEffect, useRef, useState } from 'react';
import type { CountersignClient } from '../countersign-client.ts';
import type { EventByType, EventStreamInput, EventType } from '../generated/schema.ts';
import { presentEnd } from './present-end.ts';
import { useCountersignClient } from './provider.tsx';

/** Which events, and from where on: as `client.event.stream` takes it. */
export type EventFilter<Type extends EventType = EventType> = Omit<EventStreamInput, 'types'> & {
  readonly types?: readonly Type[] | undefined;
};

export interface LiveEvents<Type extends EventType = EventType> {
  /** The newest is last; see `keep`. */
  readonly events: readonly EventByType[Type][];
  /**
   * `idle`: without a filter, on a server, before the page is alive. `starting`: looks where the log ends now.
   * `following`: nothing that happens from then on is missed, also while the connection is away (whether it is there,
   * `onConnection` of the client tells). `failed`: asking again would be answered the same. `ended`: the client was
   * closed.
   */
  readonly status: 'idle' | 'starting' | 'following' | 'failed' | 'ended';
  /** Why it failed; otherwise null. */
  readonly error: unknown;
}

/** What is shown of a filter, and of which one. */
interface Followed<Type extends EventType> {
  readonly key: string | null;
  readonly client: CountersignClient;
  readonly live: LiveEvents<Type>;
}

/** How many events are kept for a page that does not say. */
const eventsKeptMax = 100;

const idle: LiveEvents<never> = { events: [], status: 'idle', error: null };

/**
 * What happens, as it happens: the events that this filter lets through, from now on, each once and in their order.
 * Another filter begins anew, where "another" is one of another value: it may be written in place. `null` follows
 * nothing. It ends with the component.
 *
 * The listener is told each event in turn, and whatever it throws is reported as an error that nobody caught and stops
 * nothing. Who only listens keeps nothing, so that no event renders the component: `keep: 0`.
 *
 * @example
 * ```tsx
 * const { events } = useEvents({ types: ['authorization_request.granted'], slug: 'transfer' });
 * useEvents({ types: ['subject.locked'] }, () => signOut(), { keep: 0 });
 * ```
 * @throws TypeError outside of a CountersignProvider.
 */
export function useEvents<Type extends EventType = EventType>(
  filter: EventFilter<Type> | null,
  listener?: (event: EventByType[Type]) => void,
  { keep = eventsKeptMax }: { readonly keep?: number | undefined } = {},
): LiveEvents<Type> {
  const client = useCountersignClient();
  const latest = useRef({ listener, keep });
  // Not while it renders: a render may be thrown away.
  useEffect(() => {
    latest.current = { listener, keep };
  });

  const key = filter === null ? null : keyOf(filter);
  const [followed, setFollowed] = useState<Followed<Type>>({ key, client, live: idle });

  useEffect(() => {
    if (key === null) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const change = (how: (live: LiveEvents<Type>) => LiveEvents<Type>): void => {
      // Whoever has gone, or follows something else by now, is told nothing more.
      if (!signal.aborted) setFollowed(({ live }) => ({ key, client, live: how(live) }));
    };

    async function follow(input: EventFilter<Type>): Promise<void> {
      change(() => ({ ...idle, status: 'starting' }));
      const isPlaced = input.lastEventId !== undefined || input.from === 'start';
      const place = isPlaced ? {} : await presentEnd(client, signal);
      change((live) => ({ ...live, status: 'following' }));
      for await (const event of client.event.stream({ ...input, ...place }, { signal })) {
        if (signal.aborted) return;
        const { listener: tell, keep: kept } = latest.current;
        if (tell) protect(() => tell(event));
        if (kept > 0) change((live) => ({ ...live, events: [...live.events, event].slice(-kept) }));
      }
      change((live) => ({ ...live, status: 'ended' }));
    }
    follow(JSON.parse(key) as EventFilter<Type>).catch((error: unknown) =>
      change((live) => ({ ...live, status: 'failed', error })),
    );
    return () => controller.abort();
  }, [client, key]);

  // What was kept of another filter is nothing of this one.
  return followed.key === key && followed.client === client ? followed.live : idle;
}

/** The same for filters that ask for the same. */
function keyOf({ types, slug, subjectId, requestId, lastEventId, from }: EventFilter): string {
  return JSON.stringify({ types: types?.toSorted(), slug, subjectId, requestId, lastEventId, from });
}

function protect(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    reportError(error);
  }
}
