import { hash } from 'node:crypto';
import type { DpopLimits } from './limits.ts';

export interface SeenProof {
  readonly thumbprint: string;
  readonly jti: string;
  /** The proof's `iat`, in seconds. */
  readonly issuedAt: number;
}

export interface SeenProofs {
  readonly size: number;
  /** Remembers a proof that was never seen, or says why it may not be used; `nowSeconds` is since 1970. */
  remember(proof: SeenProof, nowSeconds: number): 'remembered' | 'replayed' | 'too_many' | 'not_current';
}

/**
 * Proofs that were used, for as long as they could be used again. When there is no room for another one, that
 * one is refused: to forget an old one would be to accept it again, and anybody could cause it by sending many.
 * A clock that is set back does not bring a forgotten proof back either: whatever is not newer than all that was
 * forgotten is refused.
 */
export function createSeenProofs(limits: DpopLimits): SeenProofs {
  const { ageSecondsMax, rememberedMax, rememberedPerKeyMax } = limits;
  /** By thumbprint, what identifies the proofs of a key: hashes, so that a long `jti` takes no more room. */
  const ofKeys = new Map<string, Set<string>>();
  const ofSeconds = new Map<number, { readonly thumbprint: string; readonly id: string }[]>();
  let size = 0;
  let lookedAt = 0;
  let forgottenThrough = -1;

  function forgetOutdated(nowSeconds: number): void {
    const now = Math.floor(nowSeconds);
    if (now === lookedAt) return;
    lookedAt = now;
    for (const [second, proofs] of ofSeconds) {
      if (second >= now - ageSecondsMax) continue;
      ofSeconds.delete(second);
      for (const proof of proofs) forget(proof);
      forgottenThrough = Math.max(forgottenThrough, second);
    }
  }

  function forget({ thumbprint, id }: { readonly thumbprint: string; readonly id: string }): void {
    const ofKey = ofKeys.get(thumbprint);
    if (ofKey?.delete(id)) size -= 1;
    if (ofKey?.size === 0) ofKeys.delete(thumbprint);
  }

  return {
    get size() {
      return size;
    },
    remember({ thumbprint, jti, issuedAt }, nowSeconds) {
      forgetOutdated(nowSeconds);
      if (issuedAt <= forgottenThrough) return 'not_current';
      const id = hash('sha256', jti, 'base64url');
      const ofKey = ofKeys.get(thumbprint) ?? new Set();
      if (ofKey.has(id)) return 'replayed';
      if (size >= rememberedMax || ofKey.size >= rememberedPerKeyMax) return 'too_many';
      ofKeys.set(thumbprint, ofKey.add(id));
      const ofSecond = ofSeconds.get(issuedAt) ?? [];
      ofSecond.push({ thumbprint, id });
      ofSeconds.set(issuedAt, ofSecond);
      size += 1;
      return 'remembered';
    },
  };
}
