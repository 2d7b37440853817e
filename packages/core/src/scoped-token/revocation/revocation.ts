import type { Block, Claims } from '../cst1/claims.ts';

/**
 * What can be revoked: a token, a delegate of it, a session whoever is in it, a session of one subject, what an
 * authorization request paid for, a key, a subject.
 */
export type RevocationKind = 'jti' | 'jti/cid' | 'sid' | 'sub/sid' | 'arq' | 'kid' | 'sub';

/** Something a token names by which it can be revoked. */
export interface Revocable {
  readonly kind: RevocationKind;
  readonly value: string;
}

/** A row of `token_revocation`, as verifiers read it. */
export interface Revocation extends Revocable {
  /** Of a subject: tokens of an older security epoch are revoked. Null for anything else: all of them are. */
  readonly minimumEpoch: number | null;
  /** The latest expiry it can concern, in milliseconds. */
  readonly notAfter: number;
}

/** Neither a jti nor a kid holds a `/`, so no two delegates have one text. */
export function delegateValue(jti: string, delegateId: string): string {
  return `${jti}/${delegateId}`;
}

/** No two pairs have one text: the length says where the subject ends, whatever names a host gives. */
export function sessionOfSubjectValue(subjectId: string, sessionId: string): string {
  return `${subjectId.length}/${subjectId}/${sessionId}`;
}

/** Everything by which a token can be revoked: what its authority names, and what its blocks do. */
export function revocablesOf(kid: string, claims: Claims, blocks: readonly Block[]): readonly Revocable[] {
  const named: Revocable[] = [
    { kind: 'jti', value: claims.jti },
    { kind: 'kid', value: kid },
    { kind: 'sub', value: claims.sub },
  ];
  if (claims.sid !== undefined)
    named.push(
      { kind: 'sid', value: claims.sid },
      { kind: 'sub/sid', value: sessionOfSubjectValue(claims.sub, claims.sid) },
    );
  if (claims.arq !== undefined) named.push({ kind: 'arq', value: claims.arq.id });
  for (const { cid, arq } of blocks) {
    if (cid !== undefined) named.push({ kind: 'jti/cid', value: delegateValue(claims.jti, cid) });
    if (arq !== undefined) named.push({ kind: 'arq', value: arq.id });
  }
  return named;
}
