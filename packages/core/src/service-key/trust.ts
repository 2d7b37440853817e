import type { Actor } from '../actor.ts';
import type { CoreServices } from '../context.ts';
import { CountersignError } from '../error.ts';
import { formatId, parseId } from '../id.ts';
import { keepCurrent } from '../keep-current.ts';
import { isServiceKeyText } from './format.ts';
import { createLastUse } from './last-use.ts';
import { createServiceKeyRing } from './ring.ts';
import type { ServiceKeyInForce } from './row.ts';
import { readServiceKeysInForce } from './statement.ts';

/** What a process knows of service keys, kept up to date from its first use on. */
export interface ServiceKeyTrust {
  /**
   * Whose key this is; null when it is nobody's. The database is not asked: the keys in force are known beforehand, so
   * unknown keys, however many, cost it nothing and are kept nowhere.
   *
   * @throws CountersignError `unavailable_dependency` when the keys could not be read for ten seconds: then nobody can
   * say whether one was revoked.
   */
  find(presented: string): Promise<Actor | null>;
  /**
   * Whether the key of an actor that was found is still in force, without its text: for every message of a socket.
   *
   * @throws CountersignError as `find`.
   */
  isInForce(keyId: string): Promise<boolean>;
  /** Reads now and not at the next poll, if the keys are read at all yet. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is read, and nothing polls, until something that looks like a key is presented. */
export function createServiceKeyTrust(services: CoreServices): ServiceKeyTrust {
  const { clock, database } = services;
  const ring = createServiceKeyRing(services);
  const lastUse = createLastUse(services);
  const current = keepCurrent(services, {
    read: async () => ring.replace(await database.pool.query(readServiceKeysInForce, { now: clock.now() })),
    failure: 'service keys cannot be read; trying again',
  });

  async function requireCurrent(): Promise<void> {
    if (await current.isCurrent()) return;
    throw new CountersignError('unavailable_dependency', {
      cause: new Error('the service keys in force are not known'),
    });
  }

  /** What was read a moment ago may have expired since. */
  function inForce(key: ServiceKeyInForce | undefined): key is ServiceKeyInForce {
    return key !== undefined && (key.expires_at === null || clock.now() < key.expires_at);
  }

  return {
    async find(presented) {
      if (!isServiceKeyText(presented)) return null;
      await requireCurrent();
      const key = ring.find(presented);
      if (!inForce(key)) return null;
      lastUse.note(key);
      return { kind: key.role, keyId: formatId('serviceKey', key.id) };
    },
    async isInForce(keyId) {
      const id = parseId('serviceKey', keyId);
      if (id === null) return false;
      await requireCurrent();
      return inForce(ring.byId(id));
    },
    refresh: () => current.refresh(),
    async close() {
      await current.close();
      await lastUse.close();
    },
  };
}
