import { refusalOf } from '../challenge/send-limit.ts';
import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { deliverMessage } from './deliver.ts';
import type { Prepared } from './prepare.ts';
import type { ConfirmationWithChallenge } from './row.ts';
import type { ConfirmationView } from './schema.ts';
import { insertConfirmation } from './statement/insert.ts';
import { viewOf } from './view.ts';

/** A confirmation that was written, and the message that waits for the commit. */
export interface Inserted {
  readonly view: ConfirmationView;
  readonly afterCommit: (() => Promise<void>) | null;
}

/** @throws CountersignError `rate_limited`, and `not_found` when its factor is gone since it was read. */
export async function insertPrepared(
  writing: CoreContext,
  { parameters, issued }: Prepared,
): Promise<Inserted> {
  const inserted = await writing.db.query(insertConfirmation, parameters).catch((error: unknown) => {
    throw refusalOf(error);
  });
  if (inserted.length !== 1) throw new CountersignError('not_found');
  const row = insertedRow({ parameters, issued });
  const view = viewOf(row, { now: parameters.now, digits: digitsFor(writing), isProvable: true });
  const delivery = issued?.delivery;
  return {
    view,
    afterCommit: delivery ? () => deliverMessage(writing, row.id, view, delivery) : null,
  };
}

/** The row that an insert has just made: all of it is in the parameters, so the statement returns none of it. */
function insertedRow({ parameters }: Prepared): ConfirmationWithChallenge {
  const { id, now, challengeId, challengeMethod, challengeExpiresAt, valueHash } = parameters;
  return {
    id,
    subject_id: parameters.subjectId,
    budget_key: parameters.budgetKey,
    method: parameters.method,
    method_id: parameters.methodId,
    factor_id: parameters.factorId,
    purpose: parameters.purpose,
    data: parameters.data === null ? null : (JSON.parse(parameters.data) as unknown),
    value_hash: valueHash && Buffer.from(valueHash),
    data_hash: Buffer.from(parameters.dataHash),
    display_hash: Buffer.from(parameters.displayHash),
    title: parameters.title,
    state: parameters.atOnce ? 'confirmed' : 'open',
    generation: 1,
    sequence: parameters.atOnce ? 2 : 1,
    attempts_max: parameters.attemptsMax,
    attempts_left: parameters.attemptsMax,
    attempts_open: 0,
    attempted_at: null,
    challenge_id: challengeId,
    created_at: now,
    expires_at: parameters.expiresAt,
    confirmed_at: parameters.atOnce ? now : null,
    used_at: null,
    challenge:
      challengeId && challengeMethod && challengeExpiresAt
        ? {
            id: challengeId,
            about_id: id,
            generation: 1,
            method: challengeMethod,
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
            created_at: now,
            expires_at: challengeExpiresAt,
            failed_delivery_at: null,
          }
        : null,
  };
}
