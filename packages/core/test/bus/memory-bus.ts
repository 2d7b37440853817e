import type { BusListener, BusMessage, EventBus } from '../../src/index.ts';

export interface MemoryBus extends EventBus {
  /** All that was ever published. */
  readonly published: BusMessage[];
  /** As the network would: to all listeners, if it is there. */
  deliver(messages: readonly BusMessage[]): void;
  leave(): void;
  comeBack(): void;
}

/** A bus in this process, in the test's hands. What is published is delivered at once unless the test keeps it back. */
export function createMemoryBus({ holdsBack = false } = {}): MemoryBus {
  const listeners = new Set<BusListener>();
  const published: BusMessage[] = [];
  let isConnected = true;
  const deliver = (messages: readonly BusMessage[]) => {
    if (isConnected) for (const listener of listeners) listener.received(messages);
  };
  return {
    published,
    deliver,
    get isConnected() {
      return isConnected;
    },
    async publish(messages) {
      if (!isConnected) throw new Error('the bus is away');
      published.push(...messages);
      if (!holdsBack) deliver(messages);
    },
    async listen(listener) {
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    },
    leave() {
      isConnected = false;
      for (const listener of listeners) listener.away(new Error('pulled out'));
    },
    comeBack() {
      isConnected = true;
      for (const listener of listeners) listener.back();
    },
    async close() {
      isConnected = false;
      listeners.clear();
    },
  };
}
