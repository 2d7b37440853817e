import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { spendingOf } from '../factor/evidence.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { checkedBy } from './checked.ts';
import { requestUuid } from './refusal.ts';
import type { RequestRow } from './row.ts';
import { checkInput, type checkOutput } from './schema.ts';
import { settleRightCheck, settleRightCheckByFactor } from './statement/check.ts';
import { presentProof, prove, type PresentedProof, type RightProof } from './verify.ts';

/**
 * Is this proof right? Decides nothing. A wrong one costs an attempt; a right one costs none, and for a minute lets
 * the service that asked grant without the proof, and who asked present it once more.
 *
 * @throws CountersignError `invalid_input` (wrong shape, costs nothing), `not_found`, `not_waiting`,
 * `expired`, `attempts_exhausted`, `subject_locked`, `factor_locked`, `method_unavailable`.
 */
export async function checkAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof checkInput>,
): Promise<z.output<typeof checkOutput>> {
  const parsed = parseInput(checkInput, input);
  requireServiceOrSubject(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  return await once<never, z.output<typeof checkOutput>>(context, 'authorizationRequest.check', parsed, {
    step: { name: 'check', request: uuid },
    write: async (writing) => {
      const presented = await presentProof(writing, uuid, parsed.proof, 'check', parsed.context);
      const settled = await prove(writing, presented, (proof) => settle(writing, presented, proof));
      return {
        answer: { valid: !('right' in settled), attemptsLeft: settled.row.attempts_left },
      };
    },
  });
}

async function settle(
  context: CoreContext,
  { uuid, parsed }: PresentedProof,
  proof: RightProof,
): Promise<RequestRow | undefined> {
  const { row, factor, verdict, method, challenge, chargedAt, factorKey } = proof;
  const checked = checkedBy(context, proof, parsed);
  const parameters = {
    id: uuid,
    generation: row.generation,
    now: context.clock.now(),
    checked: checked && JSON.stringify(checked),
    chargedAt,
    factorKey,
    triedChallengeId: method.endsWhenWrong ? (challenge?.id ?? null) : null,
  };
  const [settled] = factor
    ? await context.db.query(settleRightCheckByFactor, {
        ...parameters,
        ...spendingOf(context, factor, verdict),
      })
    : await context.db.query(settleRightCheck, parameters);
  return settled;
}
