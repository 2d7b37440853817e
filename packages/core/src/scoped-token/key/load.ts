import type { CoreServices } from '../../context.ts';
import type { KeyRing, KnownKey } from './ring.ts';
import { fromHost } from '../../within.ts';
import { isKeyId } from '../cst1/format.ts';
import type { SuppliedTokenKey, TokenKeyService } from './source.ts';
import { readKeys, type TokenKeyRow } from './statement.ts';
import { rootBytes, unwrapRoot } from './wrap.ts';

type Services = Pick<CoreServices, 'database' | 'keys' | 'logger'>;

/** Reads all keys into the ring: from our table, or from the key service if there is one. */
export function createKeyLoader(
  services: Services,
  ring: KeyRing,
  keyService: TokenKeyService | undefined,
): () => Promise<void> {
  if (keyService !== undefined)
    return async () => {
      const supplied = await fromHost(keyService.keys());
      ring.replace(supplied.map(suppliedKey));
    };
  const unreadable = new Set<string>();
  return async () => {
    const rows = await services.database.pool.query(readKeys, {});
    ring.replace(rows.flatMap((row) => knownKey(services, ring, row, unreadable)));
  };
}

function suppliedKey({ kid, state, root }: SuppliedTokenKey): KnownKey {
  if (!isKeyId(kid) || !(root instanceof Uint8Array) || root.length !== rootBytes)
    throw new TypeError('a key service gives a kid of 1 to 16 of a-z and 0-9, and a root of 32 bytes');
  return { kid, state, root, endsAt: null };
}

/** None for a revoked key, and for one whose secret this process does not have: said once, not at every pass. */
function knownKey(
  { keys, logger }: Services,
  ring: KeyRing,
  row: TokenKeyRow,
  unreadable: Set<string>,
): readonly KnownKey[] {
  const { kid, state, wrapped_root: wrapped, secret_key_id: secretKeyId, ends_at: endsAt } = row;
  if (wrapped === null) return [];
  const root = ring.rootOf(kid) ?? unwrapRoot(keys, kid, { wrapped, secretKeyId });
  if (root !== null) return [{ kid, state, root, endsAt }];
  if (!unreadable.has(kid))
    logger.error({ kid, state }, 'a token key cannot be read with the secrets of this process');
  unreadable.add(kid);
  return [];
}
