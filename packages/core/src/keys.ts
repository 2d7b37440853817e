import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** The deployment's secret: at least 32 bytes in base64. `previous` ones still verify, never sign. */
export type Secret = string | { readonly active: string; readonly previous: readonly string[] };

/** A key with the short name under which its digests are stored. */
export interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** Keys derived from the secret, one per purpose, so that a digest of one kind never serves as another. */
export interface Keys {
  active(purpose: KeyPurpose): NamedKey;
  /** Undefined when the secret that made it has been removed. */
  byId(purpose: KeyPurpose, id: string): NamedKey | undefined;
  /**
   * What recipients are counted by. The oldest secret that is still configured, so that a rotation does not
   * start everybody's count anew.
   */
  readonly recipientCounting: NamedKey;
  /** Whether there is an earlier secret: then there may be something that only it opens. */
  readonly isRotating: boolean;
}

export type KeyPurpose =
  | 'bus'
  | 'code'
  | 'device'
  | 'digits'
  | 'factor'
  | 'idempotency'
  | 'method'
  | 'recipient'
  | 'service_key'
  | 'token_root'
  | 'webhook';

/**
 * @throws TypeError when a secret is not base64 of at least 32 bytes. The text never appears in the error.
 */
export function createKeys(secret: Secret): Keys {
  const { active, previous } = typeof secret === 'string' ? { active: secret, previous: [] } : secret;
  const roots = [active, ...previous].map(decodeSecret);
  const derived = new Map<string, NamedKey>();
  const keyOf = (purpose: KeyPurpose, root: Root): NamedKey => {
    const name = `${purpose}:${root.id}`;
    const known = derived.get(name);
    if (known) return known;
    const bytes = hkdfSync('sha256', root.bytes, 'countersign', `countersign/${purpose}/v1`, 32);
    const made = { id: root.id, key: createSecretKey(Buffer.from(bytes)) };
    derived.set(name, made);
    return made;
  };
  return {
    active: (purpose) => keyOf(purpose, roots[0] as Root),
    byId(purpose, id) {
      const root = roots.find((candidate) => candidate.id === id);
      return root && keyOf(purpose, root);
    },
    recipientCounting: keyOf('recipient', roots.at(-1) as Root),
    isRotating: roots.some(({ id }) => id !== roots[0]?.id),
  };
}

interface Root {
  readonly id: string;
  readonly bytes: Buffer;
}

function decodeSecret(text: string): Root {
  const bytes = Buffer.from(text, 'base64');
  const standard = bytes.toString('base64').replace(/=+$/, '');
  const given = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (standard !== given || bytes.length < 32)
    throw new TypeError('secret must be base64 of at least 32 random bytes');
  return {
    id: createHash('sha256').update('countersign/key-id/v1\0').update(bytes).digest('base64url').slice(0, 8),
    bytes,
  };
}

/** HMAC-SHA-256 over parts that are told apart. */
export function keyedDigest(key: KeyObject, parts: Parts): Buffer {
  return createHmac('sha256', key).update(ledByLengths(parts)).digest();
}

/** SHA-256 over parts that are told apart: of what is no secret, and must be found whatever the secret is. */
export function plainDigest(parts: Parts): Buffer {
  return createHash('sha256').update(ledByLengths(parts)).digest();
}

type Parts = readonly (string | Uint8Array)[];

/**
 * Each part led by its length: no two lists of parts have the same bytes, whatever separators they contain (bug 42 of
 * the list in docs/threat-model.md).
 */
function ledByLengths(parts: Parts): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
