import type { KeyObject } from 'node:crypto';
import type { CoreServices } from '../context.ts';
import { CountersignError } from '../error.ts';
import { keepCurrent } from '../keep-current.ts';
import { createKeyLoader } from './key/load.ts';
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
  /** Whether more revocations are in force than there is room for: then only the database can say. */
  isOverfull(): boolean;
  /** Reads now and not at the next poll. A failure is logged, and tried again. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface TokenTrustOptions {
  readonly audience: string;
  readonly keyService?: TokenKeyService | undefined;
  /** How many revocations are held in memory. */
  readonly revocationsMax?: number | undefined;
}

/**
 * Nothing is read, and nothing polls, until somebody issues or verifies: a process without tokens pays nothing.
 * From then on both are read every 250 ms.
 */
export function createTokenTrust(services: CoreServices, options: TokenTrustOptions): TokenTrust {
  const { audience, keyService, revocationsMax } = options;
  const ring = createKeyRing();
  const set = createRevocationSet({ entriesMax: revocationsMax });
  const loadKeys = createKeyLoader(services, ring, keyService);
  const passRevocations = createRevocationFeed(services, set);
  let isWhole = true;
  let isUsed = false;
  let isClosed = false;
  let starting: Promise<void> | null = null;

  const current = keepCurrent(services, {
    async read() {
      await loadKeys();
      isWhole = await passRevocations();
      if (!isWhole) throw new Error('more revocations are in force than there is room for');
    },
    isWhole: () => isWhole,
    failure: 'keys and revocations of scoped tokens cannot be read; trying again',
  });

  async function start(): Promise<void> {
    if (keyService === undefined) await ensureKeys(services);
    await current.begin();
    if (ring.size > 0) return;
    throw new CountersignError('unavailable_dependency', {
      cause: new Error('no key of scoped tokens can be read'),
    });
  }

  return {
    audience,
    hasKeyService: keyService !== undefined,
    async ready() {
      isUsed = true;
      if (isClosed) throw new CountersignError('unavailable_dependency');
      starting ??= start().catch((error: unknown) => {
        starting = null;
        throw error;
      });
      await starting;
    },
    find: (kid) => ring.find(kid, audience, services.clock.now()),
    minting: () => ring.minting(audience),
    lacksKey: () => isUsed && ring.minting(audience) === undefined,
    isRevoked: (revocables, epoch) => set.holds(revocables, epoch),
    isCurrent: () => current.isCurrent(),
    isOverfull: () => !isWhole,
    refresh: () => current.refresh(),
    async close() {
      isClosed = true;
      await starting?.catch(() => undefined);
      await current.close();
    },
  };
}
