import type { z } from 'zod';
import type { ChallengeOverrides } from '../challenge/issue.ts';
import { digitsFor, withoutDigits } from '../challenge/view.ts';
import type { ChallengeView } from '../challenge/schema.ts';
import type { CoreContext } from '../context.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { declaredMethod } from '../telemetry.ts';
import { deliverChallenge, repeatFailedDelivery } from './deliver-challenge.ts';
import { prepareRechallenge, rechallengeParameters } from './rechallenge.ts';
import { explainRefusal, requestUuid } from './refusal.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import { challengeInput } from './schema.ts';
import { challengeRequest } from './statement/challenge.ts';
import { viewOf } from './view.ts';
import { refusalOf } from '../challenge/send-limit.ts';

/**
 * Asks for a proof: the first one when several methods are possible, or one more message. The code before
 * stays valid beside the new one; attempts are shared and never refilled.
 *
 * @throws CountersignError `not_found`, `not_waiting`, `expired`, `method_ambiguous`, `method_unavailable`,
 * `rate_limited` (cool-down, sends), `delivery_failed`.
 */
export async function challengeAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof challengeInput>,
  overrides: ChallengeOverrides = {},
): Promise<ChallengeView> {
  const parsed = parseInput(challengeInput, input);
  requireServiceOrSubject(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  const prepare = (asking: CoreContext) =>
    prepareRechallenge(
      asking,
      uuid,
      (sends) => ({ kind: 'challenge', sends }),
      parsed,
      (request) => request.expires_at,
      overrides,
    );
  return await once(context, 'authorizationRequest.challenge', parsed, {
    step: { name: 'challenge', request: uuid },
    prepare,
    write: async (writing, prepared) => {
      const { row, now, delivery } = await untilTaken(
        async (turn) => {
          const made = turn === 0 && prepared ? prepared : await prepare(writing);
          const at = writing.clock.now();
          const parameters = rechallengeParameters(writing, made, at, parsed.context);
          const [asked] = await writing.db.query(challengeRequest, parameters).catch((error: unknown) => {
            throw refusalOf(error);
          });
          return asked && { row: asked, now: at, delivery: made.issued.delivery };
        },
        () => explainRefusal(writing, uuid, { kind: 'challenge', sends: true }),
      );
      const view = viewOf(row, now, digitsFor(writing));
      if (!view.challenge) throw new Error('the challenge is not open');
      return {
        answer: view.challenge,
        repeated: withoutDigits(view.challenge),
        afterCommit: delivery && (() => deliverChallenge(context, row, view, delivery)),
        transitions: [
          { outcome: 'challenged', slug: row.slug, method: declaredMethod(writing, view.challenge.method) },
        ],
      };
    },
    replayed: (answer) => repeatFailedDelivery(context, { id: parsed.id, challenge: answer }),
  });
}
