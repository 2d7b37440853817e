import { base64url, requestEvent } from '../../event/append.ts';

/** The challenge that was just issued for the row in `from`, as its event. The challenge is in `issued`. */
export function challengedEvent(from: string, sequence: string): string {
  return requestEvent({
    type: 'authorization_request.challenged',
    id: ':challengedEventId::uuid',
    from: `(SELECT c.*, i.id AS issued_id, i.method AS issued_method, i.factor_id AS issued_factor_id, i.sent_to AS issued_to,
      i.expires_at AS issued_expires_at FROM ${from} c CROSS JOIN issued i)`,
    sequence,
    data: `'challengeId', r.issued_id, 'method', r.issued_method, 'factorId', r.issued_factor_id, 'sentTo', r.issued_to,
      'expiresAt', countersign.iso(r.issued_expires_at), 'sendsLeft', r.sends_left`,
  });
}

/** Pairs of both hashes of the row `r`. */
export const hashPairs = `'dataHash', ${base64url('r.data_hash')}, 'displayHash', ${base64url('r.display_hash')}`;
