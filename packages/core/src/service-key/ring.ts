import { timingSafeEqual } from 'node:crypto';
import type { CoreServices } from '../context.ts';
import { formatId } from '../id.ts';
import type { NamedKey } from '../keys.ts';
import { digestKeyById, serviceKeyDigest } from './digest.ts';
import { serviceKeyRoles, type ServiceKeyRole } from './role.ts';
import type { ServiceKeyInForce } from './row.ts';

/** The keys in force as this process knows them, by their digests. */
export interface ServiceKeyRing {
  replace(rows: readonly ServiceKeyInForce[]): void;
  /** The row of a presented key. What is presented is kept nowhere, whether or not it is a key. */
  find(presented: string): ServiceKeyInForce | undefined;
  byId(id: string): ServiceKeyInForce | undefined;
}

/** Rows whose digests were made in one way; a presented key is digested once for each. */
interface Group {
  readonly key: NamedKey;
  readonly role: ServiceKeyRole;
  readonly byDigest: ReadonlyMap<string, ServiceKeyInForce>;
}

export function createServiceKeyRing({
  keys,
  logger,
}: Pick<CoreServices, 'keys' | 'logger'>): ServiceKeyRing {
  let groups: readonly Group[] = [];
  let byId: ReadonlyMap<string, ServiceKeyInForce> = new Map();
  const unreadable = new Set<string>();

  /** Said once, not at every pass: a secret was removed while keys made with it were in force. */
  function sayUnreadable(row: ServiceKeyInForce): void {
    if (unreadable.has(row.id)) return;
    unreadable.add(row.id);
    logger.error(
      { keyId: formatId('serviceKey', row.id) },
      'a service key cannot be verified with the secrets of this process',
    );
  }

  return {
    replace(rows) {
      const named = new Map<string, NamedKey>();
      for (const { secret_key_id: id } of rows) {
        const key = named.get(id) ?? digestKeyById(keys, id);
        if (key !== undefined) named.set(id, key);
      }
      for (const row of rows) if (!named.has(row.secret_key_id)) sayUnreadable(row);
      groups = [...named.values()].flatMap((key) =>
        serviceKeyRoles.map((role) => {
          const own = rows.filter((row) => row.secret_key_id === key.id && row.role === role);
          return { key, role, byDigest: new Map(own.map((row) => [row.digest.toString('base64'), row])) };
        }),
      );
      byId = new Map(rows.filter((row) => named.has(row.secret_key_id)).map((row) => [row.id, row]));
    },
    find(presented) {
      let found: ServiceKeyInForce | undefined;
      for (const { key, role, byDigest } of groups) {
        const digest = serviceKeyDigest(key, role, presented);
        const row = byDigest.get(digest.toString('base64'));
        if (row !== undefined && timingSafeEqual(row.digest, digest)) found = row;
      }
      return found;
    },
    byId: (id) => byId.get(id),
  };
}
