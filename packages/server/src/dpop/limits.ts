/** What bounds a proof of possession, and the memory of those that were seen. */
export const dpopLimits = {
  /** A proof of an Ed25519 or P-256 key has about 500 characters; the rest is for long URLs. */
  proofCharactersMax: 4096,
  /**
   * How old a proof may be: the way here on a slow network, and a client's clock that is behind. Each second is
   * one more in which a proof that somebody has read can be used at a node that has not seen it.
   */
  ageSecondsMax: 60,
  /** How far a client's clock may be ahead. Short, because it lengthens the life of every proof by as much. */
  aheadSecondsMax: 5,
  /** Proofs remembered at once, some 20 MB; 1,500 a second, all the time. */
  rememberedMax: 100_000,
  /**
   * Of one holder of tokens: 30 a second, all the time, whatever keys its tokens are bound to. Counted by key it
   * would bound nobody: who has a token binds it to as many keys as they like, without us. So one holder takes no
   * more than a fiftieth of the room.
   */
  rememberedPerHolderMax: 2_000,
} as const;

export type DpopLimits = { readonly [Name in keyof typeof dpopLimits]: number };
