/** Who performs a call (the contract, §3). Never taken from an input. */
export type Actor =
  | { readonly kind: 'service'; readonly keyId?: string }
  | { readonly kind: 'operator'; readonly keyId?: string }
  | { readonly kind: 'subject'; readonly subjectId: string; readonly sessionId: string | null }
  | { readonly kind: 'device'; readonly subjectId: string; readonly factorId: string };

/** The same actor, the same text: for the scope of idempotency keys and for "its own right check". */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case 'service':
    case 'operator':
      return JSON.stringify([actor.kind, actor.keyId ?? null]);
    case 'subject':
      return JSON.stringify([actor.kind, actor.subjectId, actor.sessionId]);
    case 'device':
      return JSON.stringify([actor.kind, actor.subjectId, actor.factorId]);
  }
}
