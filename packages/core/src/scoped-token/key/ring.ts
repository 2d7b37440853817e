import type { KeyObject } from 'node:crypto';
import { deriveTokenKey } from '../cst1/derive-key.ts';
import type { TokenKeyState } from './source.ts';

/** A key as this process knows it: usable, until `endsAt` if it has an end. */
export interface KnownKey {
  readonly kid: string;
  readonly state: TokenKeyState;
  readonly root: Uint8Array;
  readonly endsAt: Date | null;
}

export interface MintingKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** The keys of this process, by kid. A kid that is not in it is refused without asking anybody. */
export interface KeyRing {
  readonly size: number;
  /** The root of a kid that is known already: it never has another one. */
  rootOf(kid: string): Uint8Array | undefined;
  replace(keys: readonly KnownKey[]): void;
  /** What verifies a token of this kid: the same object every time, for caches that compare it. */
  find(kid: string, audience: string, now: Date): KeyObject | undefined;
  /** What mints; undefined when there is no active key that this process can read. */
  minting(audience: string): MintingKey | undefined;
}

interface Entry {
  readonly known: KnownKey;
  /** By audience: there are as many as the host has configured. */
  readonly derived: Map<string, KeyObject>;
}

export function createKeyRing(): KeyRing {
  let entries: ReadonlyMap<string, Entry> = new Map();
  const keyOf = ({ known, derived }: Entry, audience: string): KeyObject => {
    const made = derived.get(audience);
    if (made) return made;
    const key = deriveTokenKey({ root: known.root, kid: known.kid, audience });
    derived.set(audience, key);
    return key;
  };
  return {
    get size() {
      return entries.size;
    },
    rootOf: (kid) => entries.get(kid)?.known.root,
    replace(keys) {
      const usable = keys.filter(({ state }) => state !== 'revoked');
      entries = new Map(
        usable.map((known) => {
          const before = entries.get(known.kid);
          const isSame = before !== undefined && Buffer.from(before.known.root).equals(known.root);
          return [known.kid, { known, derived: isSame ? before.derived : new Map<string, KeyObject>() }];
        }),
      );
    },
    find(kid, audience, now) {
      const entry = entries.get(kid);
      if (entry === undefined) return undefined;
      if (entry.known.endsAt !== null && now >= entry.known.endsAt) return undefined;
      return keyOf(entry, audience);
    },
    minting(audience) {
      for (const entry of entries.values())
        if (entry.known.state === 'active') return { kid: entry.known.kid, key: keyOf(entry, audience) };
      return undefined;
    },
  };
}
