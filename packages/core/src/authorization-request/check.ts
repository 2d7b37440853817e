import type { z } from 'zod';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { requestUuid } from './refusal.ts';
import type { Checked } from './row.ts';
import { checkInput, type checkOutput } from './schema.ts';
import { settleRightCheck } from './statement/check.ts';
import { tooLate, verifyProof, type RightProof } from './verify.ts';

/**
 * Is this proof right? Decides nothing. A wrong one costs an attempt; a right one costs none, and lets the
 * service that asked grant without the proof for a minute.
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
    write: async (writing) => {
      const verdict = await verifyProof(writing, uuid, parsed.proof, 'check', parsed.context);
      if (!verdict.right) return { answer: { valid: false, attemptsLeft: verdict.row.attempts_left } };
      const [row] = await writing.db.query(settleRightCheck, {
        id: uuid,
        generation: verdict.row.generation,
        now: writing.clock.now(),
        checked: checkedBy(writing, verdict),
        chargedAt: verdict.chargedAt,
        factorKey: verdict.factorKey,
      });
      if (row) return { answer: { valid: true, attemptsLeft: row.attempts_left } };
      const late = await tooLate(writing, verdict, 'check', parsed.context);
      return { answer: { valid: false, attemptsLeft: late.row.attempts_left } };
    },
  });
}

/** What the service's own right check proves, for the minute in which it may grant by it. */
function checkedBy(context: CoreContext, { challenge, method }: RightProof): string | null {
  if (context.actor.kind !== 'service') return null;
  const checked: Checked = {
    at: context.clock.now().getTime(),
    by: actorKey(context.actor),
    proofId: context.ids.uuid(),
    challengeId: challenge.id,
    method: method.key,
    factorId: challenge.factorId,
    binding: method.binding,
  };
  return JSON.stringify(checked);
}
