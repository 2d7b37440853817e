import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { VerifyInput } from '../../define.ts';

type Bound = Pick<VerifyInput['request'], 'kind' | 'id' | 'dataHash' | 'displayHash'>;

/**
 * What the authenticator signs: SHA-256 of `"countersign/passkey/v1\0"` and the canonical form (RFC 8785) of
 * `{dataHash, displayHash, kind, nonce, request}`. So a signature is bound to the data, to the text that was read, to
 * this request and to this challenge of it.
 *
 * It is computed again from what is stored whenever a proof comes, and never read from one (bug 27 of the list in
 * docs/threat-model.md).
 */
export function passkeyChallenge({ kind, id, dataHash, displayHash }: Bound, nonce: string): Buffer {
  const canonical = canonicalize({ dataHash, displayHash, kind, nonce, request: id });
  return createHash('sha256')
    .update('countersign/passkey/v1\0')
    .update(canonical ?? '')
    .digest();
}
