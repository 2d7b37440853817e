import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Logger } from './ports.ts';
import { within } from './within.ts';

/** What a process has read, and reads again and again, from its first use on. */
export interface Current {
  /** Reads now, and from then on four times a second. */
  begin(): Promise<void>;
  /**
   * Whether what was read is younger than ten seconds. The first call begins to read; what is older is read first,
   * for half a second at most.
   */
  isCurrent(): Promise<boolean>;
  /** Reads now and not at the next poll, if it reads at all yet. A failure is logged, and tried again. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

interface CurrentOptions {
  readonly read: () => Promise<void>;
  /** False when what was read is not all of it: then it is not current, however young. */
  readonly isWhole?: () => boolean;
  /** What is logged when it cannot be read, once until it can. */
  readonly failure: string;
}

/** Four times within the second in which a change takes effect on every node. */
const pollMs = 250;
const afterFailureMs = 500;
/** From this age on what was read is not trusted any more. */
export const staleSeconds = 10;
const waitForReadMs = 500;
/** A process that has just started may have to connect first. */
const waitForFirstReadMs = 5000;
/** A clock that is set back makes what was read look young. A little less than this is a clock being slewed. */
const backwardSecondsMax = 1;

/** However many ask, one read is under way at a time, and while reading fails nobody waits for it. */
export function keepCurrent(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  { read, isWhole = () => true, failure }: CurrentOptions,
): Current {
  const stopped = new AbortController();
  const { signal } = stopped;
  let readAt: number | null = null;
  let hasFailed = false;
  let reading: Promise<void> | null = null;
  let polling: Promise<void> | null = null;

  async function attempt(): Promise<void> {
    const startedAt = clock.now().getTime();
    try {
      await read();
      readAt = startedAt;
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed && !signal.aborted) logger.warn({ cause }, failure);
      hasFailed = true;
    }
  }

  const readOnce = (): Promise<void> => {
    reading ??= attempt().finally(() => (reading = null));
    return reading;
  };

  /** A read that is under way may have begun before what the caller wants to see. */
  async function readAnew(): Promise<void> {
    await reading;
    await readOnce();
  }

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await readOnce();
      await sleep(hasFailed ? afterFailureMs : pollMs, undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  function isYoung(): boolean {
    const age = readAt === null ? Number.NaN : (clock.now().getTime() - readAt) / 1000;
    return isWhole() && age >= -backwardSecondsMax && age <= staleSeconds;
  }

  return {
    async begin() {
      if (signal.aborted) return;
      if (polling !== null) return await readAnew();
      polling = poll();
      await reading;
    },
    async isCurrent() {
      if (signal.aborted) return false;
      polling ??= poll();
      if (isYoung()) return true;
      if (hasFailed && reading === null) return false; // the poll tries again; nobody waits for it
      if (readAt === null) await within(waitForFirstReadMs, readOnce(), undefined);
      else await within(waitForReadMs, readAnew(), undefined);
      return isYoung();
    },
    async refresh() {
      if (polling !== null && !signal.aborted) await readAnew();
    },
    async close() {
      stopped.abort();
      await polling;
      await reading;
    },
  };
}
