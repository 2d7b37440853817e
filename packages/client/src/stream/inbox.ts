import type { Ending, StreamSink } from './transport.ts';

export type Arrival =
  | { readonly kind: 'event'; readonly id: string | undefined; readonly data: unknown }
  | Ending
  /** More arrived than a slow consumer may leave lying about; the rest is fetched later. */
  | { readonly kind: 'full' };

/** What has arrived and was not taken yet, in its order, and never more than its capacity. */
export interface Inbox extends StreamSink {
  /** The next of it, when it is there. After an ending nothing comes any more. */
  take(): Promise<Arrival>;
}

/** `onFull` is called once, when an event had to be left out; from then on nothing is taken in. */
export function createInbox(capacity: number, onFull: () => void): Inbox {
  const waiting: Arrival[] = [];
  let ended = false;
  let taker: ((arrival: Arrival) => void) | undefined;

  function put(arrival: Arrival): void {
    if (ended) return;
    ended = arrival.kind !== 'event';
    if (taker === undefined) waiting.push(arrival);
    else taker(arrival);
    taker = undefined;
  }

  return {
    event(id, data) {
      if (ended) return;
      if (waiting.length < capacity) return put({ kind: 'event', id, data });
      put({ kind: 'full' });
      onFull();
    },
    end: put,
    take() {
      const first = waiting.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => (taker = resolve));
    },
  };
}
