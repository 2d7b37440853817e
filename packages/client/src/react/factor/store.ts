import type { CountersignClient } from '../../countersign-client.ts';
import type { EventType, Factor, Method } from '../../generated/schema.ts';
import { presentEnd } from '../present-end.ts';

/** What is known of a person's factors. */
export interface FactorState {
  /** The default one first, then the newest; devices among them, and what was begun and not finished. */
  readonly factors: readonly Factor[];
  /** The ways of proving that this installation offers. */
  readonly methods: readonly Method[];
  /** `failed`: the last reading was refused; what was read before is still there. */
  readonly status: 'loading' | 'ready' | 'failed';
  /** Why it failed; otherwise null. */
  readonly error: unknown;
}

interface FactorStore {
  readonly state: () => FactorState;
  /** Told of every change, until the remover is called. Reading begins with the first and ends with the last. */
  readonly subscribe: (tell: () => void) => () => void;
  /** Reads anew. Settled when what it answers is not older than this call; it never rejects. */
  readonly refresh: () => Promise<void>;
}

export const nothingRead: FactorState = { factors: [], methods: [], status: 'loading', error: null };

const changing = [
  'factor.created',
  'factor.confirmed',
  'factor.changed',
  'factor.removed',
  'factor.locked',
  'factor.unlocked',
  'device.registered',
  'device.revoked',
  'device.primary_changed',
] as const satisfies readonly EventType[];

const stores = new WeakMap<CountersignClient, FactorStore>();

/** The one list of a client: what a page shows in two places is read and followed once. */
export function factorStoreOf(client: CountersignClient): FactorStore {
  const store = stores.get(client) ?? createFactorStore(client);
  stores.set(client, store);
  return store;
}

/** When nobody looks at it any more, it forgets: whoever looks next may be somebody else, who has signed in since. */
function createFactorStore(client: CountersignClient): FactorStore {
  const listeners = new Set<() => void>();
  let state = nothingRead;
  let watching = new AbortController();
  let reading: Promise<void> | null = null;
  let isOutdated = false;

  function change(next: FactorState): void {
    state = next;
    for (const tell of listeners) tell();
  }

  async function read({ signal }: AbortController): Promise<void> {
    try {
      const [factors, methods] = await Promise.all([
        client.factor.list({}, { signal }),
        client.method.list({}, { signal }),
      ]);
      if (!signal.aborted) change({ factors, methods, status: 'ready', error: null });
    } catch (error) {
      if (!signal.aborted) change({ ...state, status: 'failed', error });
    }
  }

  /** However many changes come while it reads, it reads once more. */
  async function readUntilCurrent(session: AbortController): Promise<void> {
    do {
      isOutdated = false;
      await read(session);
    } while (isOutdated && !session.signal.aborted);
    if (watching === session) reading = null;
  }

  function refresh(): Promise<void> {
    if (listeners.size === 0) return Promise.resolve();
    isOutdated = true;
    reading ??= readUntilCurrent(watching);
    return reading;
  }

  /** From before the first reading on, so that no change falls between the two. */
  async function follow({ signal }: AbortController): Promise<void> {
    const place = await presentEnd(client, signal);
    if (signal.aborted) return;
    void refresh();
    for await (const _ of client.event.stream({ types: changing, ...place }, { signal })) void refresh();
  }

  return {
    state: () => state,
    refresh,
    subscribe(tell) {
      const listener = (): void => tell();
      listeners.add(listener);
      if (listeners.size === 1) {
        watching = new AbortController();
        // A token that does not open the log still shows the list, and every change that is made here.
        follow(watching).catch(() => {});
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watching.abort();
        state = nothingRead;
        reading = null;
      };
    },
  };
}
