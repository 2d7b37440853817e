import type {
  AuthorizationRequestView,
  Core,
  EventData,
  EventType,
  EventView,
  Logger,
} from '@countersign/core';

/** An event as a listener in this process gets it: the service's payload, and the request as it is now. */
export interface CountersignEvent<Type extends EventType = EventType> extends Omit<
  EventView,
  'type' | 'data'
> {
  readonly type: Type;
  readonly data: EventData<Type>;
  /** Null for events that are not about an authorization request. */
  readonly request: AuthorizationRequestView | null;
}

export type Listener<Type extends EventType = EventType> = (
  event: CountersignEvent<Type>,
) => void | Promise<void>;

export interface ListenerFilter {
  /** Only events of this operation. */
  readonly slug?: string;
}

export interface Listeners {
  add<Type extends EventType>(type: Type, filter: ListenerFilter, listener: Listener<Type>): () => void;
  /** Resolves when what was read before has been handed out. */
  close(): Promise<void>;
}

interface Registered {
  readonly type: EventType;
  readonly slug: string | undefined;
  readonly listener: Listener;
}

/**
 * Hands events to functions of this process: from its start on, in the order of the log, at most once and
 * not durably. Nobody waits for a listener, and one that throws is logged and hinders no other.
 */
export function createListeners({ core, logger }: { core: Core; logger: Logger }): Listeners {
  const registered = new Set<Registered>();
  let delivered = Promise.resolve();
  const unsubscribe = core.event.reader.subscribe((events) => {
    delivered = delivered.then(async () => {
      for (const event of events) await deliver(event);
    });
  });

  async function deliver(event: EventView): Promise<void> {
    const wanted = [...registered].filter(
      ({ type, slug }) => type === event.type && (slug === undefined || slug === event.slug),
    );
    if (wanted.length === 0) return;
    const complete = { ...event, request: await requestOf(event) } as CountersignEvent;
    for (const one of wanted) if (registered.has(one)) void call(one, complete);
  }

  async function requestOf({ about }: EventView): Promise<AuthorizationRequestView | null> {
    if (about.kind !== 'authorization_request') return null;
    try {
      return await core.authorizationRequest.get(core.context({ kind: 'service' }), { id: about.id });
    } catch (err) {
      logger.warn({ err, requestId: about.id }, 'a listener is told of an event without its request');
      return null;
    }
  }

  async function call({ listener }: Registered, event: CountersignEvent): Promise<void> {
    try {
      await listener(event);
    } catch (err) {
      logger.error({ err, eventId: event.id, eventType: event.type }, 'a listener failed');
    }
  }

  return {
    add(type, { slug }, listener) {
      const one: Registered = { type, slug, listener: listener as Listener };
      registered.add(one);
      return () => void registered.delete(one);
    },
    async close() {
      unsubscribe();
      await delivered;
    },
  };
}
