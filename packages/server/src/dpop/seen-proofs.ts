import { hash } from 'node:crypto';
import type { DpopLimits } from './limits.ts';

export interface SeenProof {
  /** For whom the token is that it was made with: whose share of the room it takes. */
  readonly holder: string;
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

/** How many proofs of one holder are remembered. */
interface Share {
  readonly holder: string;
  size: number;
}

/**
 * Proofs that were used, for as long as they could be used again. When there is no room for another one, that
 * one is refused: to forget an old one would be to accept it again, and anybody could cause it by sending many.
 * A clock that is set back does not bring a forgotten proof back either: whatever is not newer than all that was
 * forgotten is refused.
 */
export function createSeenProofs(limits: DpopLimits): SeenProofs {
  const { ageSecondsMax, rememberedMax, rememberedPerHolderMax } = limits;
  /** What identifies the proofs of all keys: hashes, so that a long `jti` takes no more room. */
  const ids = new Set<string>();
  const shares = new Map<string, Share>();
  const ofSeconds = new Map<number, { readonly share: Share; readonly id: string }[]>();
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

  function forget({ share, id }: { readonly share: Share; readonly id: string }): void {
    ids.delete(id);
    share.size -= 1;
    if (share.size === 0) shares.delete(share.holder);
  }

  return {
    get size() {
      return ids.size;
    },
    remember({ holder, thumbprint, jti, issuedAt }, nowSeconds) {
      forgetOutdated(nowSeconds);
      if (issuedAt <= forgottenThrough) return 'not_current';
      const id = hash('sha256', `${thumbprint} ${jti}`, 'base64url');
      if (ids.has(id)) return 'replayed';
      const share = shares.get(holder) ?? { holder, size: 0 };
      if (ids.size >= rememberedMax || share.size >= rememberedPerHolderMax) return 'too_many';
      ids.add(id);
      share.size += 1;
      shares.set(holder, share);
      const ofSecond = ofSeconds.get(issuedAt) ?? [];
      ofSecond.push({ share, id });
      ofSeconds.set(issuedAt, ofSecond);
      return 'remembered';
    },
  };
}
