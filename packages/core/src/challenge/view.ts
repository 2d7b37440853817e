import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { formatId } from '../id.ts';
import { digitsOf } from './digits.ts';
import type { ChallengeRow } from './row.ts';
import type { ChallengeView } from './schema.ts';

export type DigitsOf = (challenge: ChallengeRow) => string | null;

/** A challenge without its digest. */
export function challengeViewOf(
  row: ChallengeRow,
  resendAfter: Date | null,
  digits: DigitsOf,
): ChallengeView {
  return {
    id: formatId('challenge', row.id),
    method: row.method,
    factorId: row.factor_id === null ? null : formatId('factor', row.factor_id),
    expiresAt: new Date(row.expires_at),
    sentTo: row.sent_to,
    options: row.options,
    digits: digits(row),
    resendAfter,
  };
}

/** Shows the digits to the actor and session that asked, to nobody else, and never to a device (the contract, §4). */
export function digitsFor(context: CoreContext): DigitsOf {
  const { actor } = context;
  return (challenge) =>
    actor.kind !== 'device' && challenge.asked_by === actorKey(actor)
      ? digitsOf(context, { id: challenge.id, keyId: challenge.key_id, digits: challenge.digits })
      : null;
}

/** What a repetition by an idempotency key is answered: no secret is stored with it. */
export function withoutDigits<Challenge extends { readonly digits: string | null } | null>(
  challenge: Challenge,
): Challenge {
  return challenge && { ...challenge, digits: null };
}
