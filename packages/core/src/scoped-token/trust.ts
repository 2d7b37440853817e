import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../context.ts';
import { CountersignError } from '../error.ts';
import { within } from '../within.ts';
import { createKeyLoader } from './key/load.ts';
import { pollMs, staleSeconds } from './key/lifetimes.ts';
import { ensureKeys } from './key/make.ts';
import { createKeyRing, type MintingKey } from './key/ring.ts';
import type { TokenKeyService } from './key/source.ts';
import { createRevocationFeed } from './revocation/feed.ts';
import type { Revocable } from './revocation/revocation.ts';
import { createRevocationSet } from './revocation/set.ts';

/** What a process knows of keys and revocations, kept up to date from its first use on. */
export interface TokenTrust {
  /** The name of this service: `aud` of its tokens. */
  readonly audience: string;
  /** Whether the keys come from a key service, so that none of ours are made, changed or looked up. */
  readonly hasKeyService: boolean;
  /**
   * Reads keys and revocations for the first time; makes the first keys of an installation.
   *
   * @throws CountersignError `unavailable_dependency` when they cannot be read; the next call tries again.
   */
  ready(): Promise<void>;
  find(kid: string): KeyObject | undefined;
  minting(): MintingKey | undefined;
  /** Whether keys were asked for and none that mints is known. Never before the first use: then nobody misses one. */
  lacksKey(): boolean;
  isRevoked(revocables: readonly Revocable[], epoch: number): boolean;
  /** Whether what is known is younger than ten seconds. An older one is read first, for half a second at most. */
  isCurrent(): Promise<boolean>;
  /** Reads now and not at the next poll, joined with a read that is under way. False when it failed. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

export interface TokenTrustOptions {
  readonly audience: string;
  readonly keyService?: TokenKeyService | undefined;
}

const waitForReadMs = 500;
const afterFailureMs = 500;
/** A clock that is set back makes what is known look young. A little less than this is a clock being slewed. */
const backwardSecondsMax = 1;

/**
 * Nothing is read, and nothing polls, until somebody issues or verifies: a process without tokens pays nothing.
 * From then on both are read every 250 ms.
 */
export function createTokenTrust(services: CoreServices, options: TokenTrustOptions): TokenTrust {
  const { clock, logger } = services;
  const { audience, keyService } = options;
  const ring = createKeyRing();
  const set = createRevocationSet();
  const loadKeys = createKeyLoader(services, ring, keyService);
  const passRevocations = createRevocationFeed(services, set);
  const stopped = new AbortController();
  let readAt: number | null = null;
  let hasFailed = false;
  let reading: Promise<boolean> | null = null;
  let starting: Promise<void> | null = null;
  let polling: Promise<void> | null = null;
  let isUsed = false;

  async function read(): Promise<boolean> {
    const startedAt = clock.now().getTime();
    try {
      await loadKeys();
      const isWhole = await passRevocations();
      readAt = isWhole ? startedAt : null;
      if (!isWhole) throw new Error('more revocations are in force than there is room for');
      hasFailed = false;
    } catch (cause) {
      if (!hasFailed && !stopped.signal.aborted)
        logger.warn({ cause }, 'keys and revocations of scoped tokens cannot be read; trying again');
      hasFailed = true;
    }
    return !hasFailed;
  }

  const readOnce = (): Promise<boolean> => {
    reading ??= read().finally(() => (reading = null));
    return reading;
  };

  /** A read that is under way may have begun before what the caller wants to see. */
  async function refresh(): Promise<boolean> {
    await reading;
    return await readOnce();
  }

  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      const pauseMs = hasFailed ? afterFailureMs : pollMs;
      await sleep(pauseMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      if (!stopped.signal.aborted) await readOnce();
    }
  }

  async function start(): Promise<void> {
    if (keyService === undefined) await ensureKeys(services);
    await readOnce();
    if (ring.size === 0)
      throw new CountersignError('unavailable_dependency', {
        cause: new Error('no key of scoped tokens can be read'),
      });
    polling ??= poll();
  }

  function isYoung(): boolean {
    const age = readAt === null ? Number.NaN : (clock.now().getTime() - readAt) / 1000;
    return age >= -backwardSecondsMax && age <= staleSeconds;
  }

  return {
    audience,
    hasKeyService: keyService !== undefined,
    async ready() {
      isUsed = true;
      if (stopped.signal.aborted) throw new CountersignError('unavailable_dependency');
      starting ??= start().catch((error: unknown) => {
        starting = null;
        throw error;
      });
      await starting;
    },
    find: (kid) => ring.find(kid, audience, clock.now()),
    minting: () => ring.minting(audience),
    lacksKey: () => isUsed && ring.minting(audience) === undefined,
    isRevoked: (revocables, epoch) => set.holds(revocables, epoch),
    async isCurrent() {
      if (isYoung()) return true;
      if (hasFailed && reading === null) return false; // the poll tries again; nobody waits for it
      await within(waitForReadMs, refresh(), false);
      return isYoung();
    },
    refresh,
    async close() {
      stopped.abort();
      await starting?.catch(() => undefined);
      await polling;
      await reading;
    },
  };
}
