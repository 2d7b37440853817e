import { CountersignError, type BusListener, type BusMessage, type EventBus } from '@countersign/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsBusOptions } from './options.ts';
import type { Session, StreamPlace } from './session.ts';
import { natsSettings } from './settings.ts';

/** Doubled with each failure, up to the longest. */
const retryMs = { first: 100, longest: 2000 } as const;
/** A connection that is being made cannot be given up; it is closed when it is there. */
const leaveMs = 3000;

/**
 * The log for many nodes, by NATS JetStream: see docs/guides/nats.md. It connects when something listens to it, and as
 * often as it must; a NATS that is away keeps nobody from starting, and costs no event.
 *
 * @example
 * ```ts
 * const bus = natsBus({ servers: 'tls://nats.internal:4222', credentials: await readFile('nats.creds', 'utf8') });
 * const cs = await createCountersign({ …options, bus });
 * ```
 * @throws TypeError for options that are wrong.
 */
export function natsBus(options: NatsBusOptions): EventBus {
  const settings = natsSettings(options);
  const listeners = new Set<BusListener>();
  const stopped = new AbortController();
  const { signal } = stopped;
  let session: Session | null = null;
  let place: StreamPlace | null = null;
  let running: Promise<void> | null = null;
  /** Why it is away, as it was told; null while it is not. */
  let told: string | null = null;
  let publishing: Promise<void> = Promise.resolve();

  function away(cause: unknown): void {
    const text = String(cause);
    if (told === text || signal.aborted) return;
    told = text;
    for (const listener of listeners) listener.away(cause);
  }

  function received(messages: readonly BusMessage[]): void {
    if (!signal.aborted) for (const listener of listeners) listener.received(messages);
  }

  async function run(): Promise<void> {
    let waitMs: number = retryMs.first;
    while (!signal.aborted) {
      try {
        // Only who has a NATS waits for its client to be loaded.
        const { openSession } = await import('./session.ts');
        const opened = await openSession(settings, place, received);
        if (signal.aborted) return await opened.close();
        session = opened;
        told = null;
        waitMs = retryMs.first;
        for (const listener of listeners) listener.back();
        const cause = await opened.ended;
        place = opened.place;
        session = null;
        away(cause);
      } catch (cause) {
        away(cause);
      }
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = Math.min(2 * waitMs, retryMs.longest);
    }
  }

  async function publish(messages: readonly BusMessage[]): Promise<void> {
    if (session === null) throw new CountersignError('unavailable_dependency');
    try {
      await session.publish(messages);
    } catch (cause) {
      throw new CountersignError('unavailable_dependency', { cause });
    }
  }

  return {
    get isConnected() {
      return session !== null;
    },
    async publish(messages) {
      // One call after the other: what is on its way is bounded, and stands in the stream as it was given.
      const published = publishing.then(() => publish(messages));
      publishing = published.catch(() => undefined);
      await published;
    },
    listen(listener) {
      listeners.add(listener);
      running ??= run();
      return Promise.resolve(async () => void listeners.delete(listener));
    },
    async close() {
      stopped.abort();
      listeners.clear();
      await Promise.race([
        Promise.all([session?.close(), running]),
        sleep(leaveMs, undefined, { ref: false }),
      ]);
      session = null;
    },
  };
}
