import type { ChallengeRow } from '../challenge/row.ts';
import { challengeViewOf, type DigitsOf } from '../challenge/view.ts';
import { formatId } from '../id.ts';
import type { ViewedRow } from './row.ts';
import type { AuthorizationRequestView } from './schema.ts';
import { stateAt } from './state.ts';

type ViewedWithChallenge = ViewedRow & { readonly challenge: ChallengeRow | null };

/**
 * The request as it leaves core at `now`. What nobody answered in time reads as expired from that moment
 * on, whether or not the sweep has been there (bug 25: expiry enforced only by the cleaner). Digits are shown only
 * where the caller of this function says to whom (`digitsFor`).
 */
export function viewOf(
  row: ViewedWithChallenge,
  now: Date,
  digits: DigitsOf = () => null,
): AuthorizationRequestView {
  const state = stateAt({ state: row.state, expiresAt: row.expires_at }, now);
  const expired = state === 'expired';
  return {
    ...fixedPartOf(row),
    state,
    reason: row.reason,
    binding: row.binding,
    attemptsLeft: row.attempts_left,
    expiresAt: row.expires_at,
    decidedAt: expired ? row.expires_at : row.decided_at,
    grantedAt: row.granted_at,
    executeBefore: row.execute_before,
    consumedAt: row.consumed_at,
    challenge: state === 'waiting' ? openChallengeOf(row, now, digits) : null,
  };
}

function fixedPartOf(row: ViewedRow) {
  return {
    id: formatId('authorizationRequest', row.id),
    slug: row.slug,
    subjectId: row.subject_id,
    sessionId: row.session_id,
    title: row.title,
    description: row.description,
    facts: row.facts.map(({ label, value }) => ({ label, value })),
    data: row.data,
    dataHash: row.data_hash.toString('base64url'),
    displayHash: row.display_hash.toString('base64url'),
    relatedObjects: row.related_objects.map(({ type, id }) => ({ type, id })),
    methods: row.methods,
    requiredBinding: row.required_binding,
    createdAt: row.created_at,
  };
}

function openChallengeOf(row: ViewedWithChallenge, now: Date, digits: DigitsOf) {
  const { challenge } = row;
  if (
    !challenge ||
    challenge.tries_left === 0 ||
    challenge.generation !== row.generation ||
    new Date(challenge.expires_at) <= now
  )
    return null;
  return challengeViewOf(challenge, row.sends_left > 0 ? row.resend_after : null, digits);
}
