import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { formatId, parseId } from '../id.ts';
import type { PayingRequest } from './cst1/claims.ts';
import { readPayingRequest } from './statement/issue.ts';

/** A granted request that a token carries: its id in the table, and the claim `arq`. */
export interface CarriedRequest {
  readonly uuid: string;
  readonly claim: PayingRequest;
}

/**
 * The request as the claim `arq`, if it can still pay: granted to this subject (and session, if it is bound to
 * one), not used, in its time. The token does not consume it; the call does, and asks everything again.
 *
 * @throws CountersignError in the order of `consume`: `not_found`, `not_granted`, `already_consumed`,
 * `execution_window_passed`.
 */
export async function carriedRequest(
  context: CoreContext,
  asked: { readonly id: string; readonly subjectId: string; readonly sessionId: string | null },
): Promise<CarriedRequest> {
  const uuid = parseId('authorizationRequest', asked.id);
  const { subjectId, sessionId } = asked;
  const [row] =
    uuid === null ? [] : await context.db.query(readPayingRequest, { id: uuid, subjectId, sessionId });
  if (!row || uuid === null) throw new CountersignError('not_found');
  const now = context.clock.now();
  if (row.state !== 'granted') {
    const state = row.state === 'waiting' && now >= row.expires_at ? 'expired' : row.state;
    throw new CountersignError('not_granted', { details: { state } });
  }
  if (row.consumed_at !== null) throw new CountersignError('already_consumed');
  if (row.execute_before === null || now >= row.execute_before)
    throw new CountersignError('execution_window_passed');
  return {
    uuid,
    claim: { id: formatId('authorizationRequest', uuid), hash: row.data_hash.toString('base64url') },
  };
}
