/** Attacks run in tests and in proofs: in both, a broken promise is an error that tells the story. */
export function claim(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
