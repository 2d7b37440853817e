import type { Binding } from '../binding.ts';
import type { Recipient } from '../method/define.ts';
import type { Display } from '../operation/display.ts';
import type { RequestWithChallenge } from './row.ts';
import type { InsertParameters } from './statement/insert.ts';

/**
 * The row that an insert has just made. All of it is in the parameters, so the statement returns none of it:
 * thirty columns there and back are a tenth of what a creation costs.
 */
export function insertedRow(
  parameters: InsertParameters,
  display: Display,
  requiredBinding: Binding,
  deliverTo: Recipient | null,
): RequestWithChallenge {
  const { id, challengeId } = parameters;
  return {
    id,
    slug: parameters.slug,
    subject_id: parameters.subjectId,
    session_id: parameters.sessionId,
    title: display.title,
    description: display.description,
    facts: [...display.facts],
    data: JSON.parse(parameters.data) as unknown,
    data_hash: Buffer.from(parameters.dataHash),
    display_hash: Buffer.from(parameters.displayHash),
    related_objects: JSON.parse(parameters.relatedObjects) as { type: string; id: string }[],
    methods: [...parameters.methods],
    required_binding: requiredBinding,
    deliver_to: deliverTo,
    locale: parameters.locale,
    factor_ids: parameters.factorIds && [...parameters.factorIds],
    state: 'waiting',
    reason: null,
    binding: null,
    generation: 1,
    sequence: challengeId ? 2 : 1,
    attempts_max: parameters.attemptsMax,
    attempts_left: parameters.attemptsMax,
    attempts_open: 0,
    attempted_at: null,
    checked: null,
    challenge_id: challengeId,
    sends_left: parameters.sendsLeft,
    challenges_left: parameters.challengesLeft,
    resend_after: parameters.resendAfter,
    execute_within_seconds: parameters.executeWithinSeconds,
    created_at: parameters.now,
    expires_at: parameters.expiresAt,
    decided_at: null,
    granted_at: null,
    execute_before: null,
    consumed_at: null,
    challenge:
      challengeId && parameters.challengeMethod && parameters.challengeExpiresAt
        ? {
            id: challengeId,
            about_id: id,
            generation: 1,
            method: parameters.challengeMethod,
            factor_id: parameters.challengeFactorId,
            factor_renewals: parameters.challengeFactorRenewals,
            digest: null,
            key_id: parameters.challengeKeyId,
            sent_to: parameters.challengeSentTo,
            options: parameters.challengeOptions && (JSON.parse(parameters.challengeOptions) as unknown),
            state: null,
            digits: parameters.challengeDigits,
            asked_by: parameters.challengeAskedBy,
            tries_left: parameters.challengeTries,
            created_at: parameters.now,
            expires_at: parameters.challengeExpiresAt,
            failed_delivery_at: null,
          }
        : null,
  };
}
