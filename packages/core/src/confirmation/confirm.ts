import type { z } from 'zod';
import { tellDecision } from '../challenge/decision.ts';
import { digitsFor, withoutDigits } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { spendingOf, spendingOfMessage } from '../factor/evidence.ts';
import type { SpendParameters } from '../factor/spend.ts';
import { once, type Written } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { confirmationUuid } from './refusal.ts';
import type { ConfirmationRow, ConfirmationWithChallenge } from './row.ts';
import { confirmInput, type ConfirmationView } from './schema.ts';
import { confirmByFactor, confirmByMessage } from './statement/confirm.ts';
import { presentProof, settleRight, verifyProof, type PresentedProof, type RightProof } from './verify.ts';
import { viewOf } from './view.ts';

/**
 * The proof: right, and the confirmation is confirmed, to be used once. Wrong is an answer too (look at `status`) and
 * costs an attempt.
 *
 * @throws CountersignError `invalid_input` (wrong shape, costs nothing), `not_found` (unknown, or another subject's),
 * `already_confirmed`, `expired`, `attempts_exhausted`, `subject_locked`, `factor_locked`, and `unavailable`: used, its
 * method switched off, its factor no longer in force.
 */
export async function confirmConfirmation(
  context: CoreContext,
  input: z.input<typeof confirmInput>,
): Promise<ConfirmationView> {
  const parsed = parseInput(confirmInput, input);
  requireServiceOrSubject(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = confirmationUuid(parsed.id);
  return await once<never, ConfirmationView>(context, 'confirmation.confirm', parsed, {
    write: async (writing) => {
      const presented = await presentProof(writing, uuid, parsed.data, parsed.context);
      return await confirm(writing, presented);
    },
  });
}

async function confirm(context: CoreContext, presented: PresentedProof): Promise<Written<ConfirmationView>> {
  const verdict = await verifyProof(context, presented);
  const settled = verdict.right
    ? await settleRight(context, presented, verdict, (proof) => commit(context, presented, proof))
    : verdict;
  if (!settled.right) return answerOf(context, settled.row);
  const { answer } = answerOf(context, { ...settled.row, challenge: null });
  const { method } = presented.configured;
  const told = { decision: 'confirmed', request: answer, context: presented.passedAlong ?? null } as const;
  return { answer, afterCommit: tellDecision(context, method.key, told) };
}

/** Confirmed or wrong, its factor was in force a moment ago: a view is no promise about the next. */
function answerOf(context: CoreContext, row: ConfirmationWithChallenge): Written<ConfirmationView> {
  const now = context.clock.now();
  const view = viewOf(row, { now, digits: digitsFor(context), isProvable: true });
  return { answer: view, repeated: { ...view, challenge: withoutDigits(view.challenge) } };
}

/** What a right proof writes, if the confirmation is still open and its factor what was judged. */
async function commit(
  context: CoreContext,
  { configured, passedAlong }: PresentedProof,
  proof: RightProof,
): Promise<ConfirmationRow | undefined> {
  const { row, chargedAt, factorKey } = proof;
  const parameters = {
    ...eventParametersOf(context, context.clock.now(), passedAlong),
    id: row.id,
    chargedAt,
    factorKey,
    answersPrompt: configured.method.prompts,
    eventId: context.ids.uuid(),
    confirmedData: eventData('confirmation.confirmed', { method: configured.method.key }),
  };
  const spent = spendingOfProof(context, proof);
  const [confirmed] = spent
    ? await context.db.query(confirmByFactor, { ...parameters, ...spent })
    : await context.db.query(confirmByMessage, parameters);
  return confirmed;
}

function spendingOfProof(context: CoreContext, { row, factor, answer }: RightProof): SpendParameters | null {
  if (factor) return spendingOf(context, factor, answer.verdict);
  return row.factor_id === null
    ? null
    : spendingOfMessage(row.factor_id, answer.challenge?.factorRenewals ?? null);
}
