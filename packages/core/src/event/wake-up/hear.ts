import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../../context.ts';
import { createBackoff } from './backoff.ts';
import { DeafError, listenOn, type ListeningTimes } from './listen.ts';
import type { WakeUpMessage } from './message.ts';

/** What is done here when another node has committed something. */
export interface Wakers {
  /** Something was committed, and of these requests beside new ones. */
  changed(ids: readonly string[]): void;
  /** Something was committed, nobody knows what. */
  everything(): void;
}

export interface Listener extends Wakers {
  /** Another node is there; it asks who else is. */
  met(isAsking: boolean): void;
}

export interface Ear {
  /** Whether what is notified now is heard. */
  readonly isHearing: boolean;
  close(): Promise<void>;
}

export interface HearingTimes extends ListeningTimes {
  /** To the next try, after the first failure and after many. */
  readonly retry: { readonly firstMs: number; readonly longestMs: number };
  /** To the next try where notifications do not arrive: somebody has to change the configuration first. */
  readonly deafMs: number;
}

const hearingTimes: HearingTimes = {
  heartbeatMs: 5000,
  answerMs: 3000,
  retry: { firstMs: 250, longestMs: 10_000 },
  deafMs: 60_000,
};

/**
 * Hears the other nodes on a connection of its own. While there is none the process sees their commits when it polls,
 * which it does anyway; that is said once. What was notified before it listened is lost, so every beginning wakes
 * everything.
 */
export function hearNodes(
  services: Pick<CoreServices, 'database' | 'logger' | 'randomness'>,
  node: string,
  listener: Listener,
  times: HearingTimes = hearingTimes,
): Ear {
  const { database, logger } = services;
  const stopped = new AbortController();
  const { signal } = stopped;
  const backoff = createBackoff(services.randomness, times.retry);
  let [hasWarned, isHearing] = [false, false];

  function begun(): void {
    isHearing = true;
    backoff.reset();
    logger[hasWarned ? 'info' : 'debug']({}, 'commits of other nodes are heard at once');
    hasWarned = false;
    listener.everything();
  }

  function heard({ node: teller, says, ids }: WakeUpMessage): void {
    if (teller !== '') listener.met(says === 'probe');
    if (says === 'changed') listener.changed(ids);
    else if (says === 'everything') listener.everything();
  }

  function warnOnce(cause: unknown): void {
    if (hasWarned || signal.aborted) return;
    hasWarned = true;
    logger.warn({ cause }, 'commits of other nodes are not heard at once, but only when this one polls');
  }

  /** Returns why it is over. */
  async function hearOnce(): Promise<unknown> {
    const connection = database.connect('countersign listen');
    const leave = () => void connection.end();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await listenOn(connection, services, times, { node, begun, heard });
    } catch (cause) {
      return cause;
    } finally {
      signal.removeEventListener('abort', leave);
      await connection.end();
    }
  }

  async function hear(): Promise<void> {
    while (!signal.aborted) {
      const cause = await hearOnce();
      isHearing = false;
      warnOnce(cause);
      const waitMs = cause instanceof DeafError ? times.deafMs : backoff.next();
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const hearing = hear();
  return {
    get isHearing() {
      return isHearing;
    },
    async close() {
      stopped.abort();
      await hearing;
    },
  };
}
