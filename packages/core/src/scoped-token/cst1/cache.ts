import { checksumCharacters, tagCharacters } from './format.ts';
import type { ProvenToken, TokenTrust } from './verified-token.ts';

const keyCharacters = tagCharacters + checksumCharacters;

/** Tokens whose signature and claims were found right. Never a refusal, so that no forgery takes a place. */
export interface VerifiedTokenCache {
  readonly size: number;
  /** What was found, if it is this very text, and its key id still means the same key. */
  find(token: string, trust: TokenTrust): ProvenToken | undefined;
  keep(proven: ProvenToken): void;
}

/**
 * A bounded memory of verified tokens, least recently used out first. A token that is found in it is still
 * asked for its key, its audience and its time; and whoever verifies asks revocation, carrier and scope for
 * every call, remembered or not.
 *
 * What it gives back is shared between calls, and therefore frozen.
 *
 * @example
 * ```ts
 * const cache = createVerifiedTokenCache({ entriesMax: 10_000 });
 * verifyScopedToken(token, { keys: (kid) => keys.get(kid), audience: 'bank.example', now, cache });
 * ```
 * @throws TypeError when `entriesMax` is not a whole number from 1 on.
 */
export function createVerifiedTokenCache({
  entriesMax,
}: {
  readonly entriesMax: number;
}): VerifiedTokenCache {
  if (!Number.isSafeInteger(entriesMax) || entriesMax < 1)
    throw new TypeError('entriesMax must be a whole number from 1 on');
  // By the end of the token, which is short and as good as random; the whole text is compared afterwards.
  const entries = new Map<string, ProvenToken>();
  return {
    get size() {
      return entries.size;
    },
    find(token, { keys, audience }) {
      const end = token.slice(-keyCharacters);
      const entry = entries.get(end);
      if (entry === undefined || entry.token !== token) return undefined;
      if (entry.audience !== audience || keys(entry.kid) !== entry.key) return undefined;
      entries.delete(end);
      entries.set(end, entry);
      return entry;
    },
    keep(proven) {
      const end = proven.token.slice(-keyCharacters);
      entries.delete(end);
      entries.set(end, { ...proven, verified: freeze(proven.verified) });
      const [oldest] = entries.keys();
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
    },
  };
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
