import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { once } from '../idempotency/once.ts';
import { requireParty, requireService } from '../permission.ts';
import { parseInput } from '../parse.ts';
import { parseProof } from './parse-proof.ts';
import { explainRefusal, requestUuid, untilTaken } from './refusal.ts';
import { denyInput, type AuthorizationRequestView } from './schema.ts';
import { denyRequest } from './statement/decline.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';

/**
 * The person says no. Needs no proof: refusing must always be possible. "This was not me" counts only from
 * the service or with a device's signature; without one it is recorded as declined. A proof that comes along is
 * checked for its shape only; one of a method that is no longer there does not stand in the way.
 *
 * @throws CountersignError `not_found`, `not_waiting`, `expired`.
 */
export async function denyAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof denyInput>,
): Promise<AuthorizationRequestView> {
  const parsed = parseInput(denyInput, input);
  requireParty(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  if (parsed.proof && context.methods.get(parsed.proof.method)) parseProof(context.methods, parsed.proof);
  const id = requestUuid(parsed.id);
  const reason = context.actor.kind === 'service' ? (parsed.reason ?? 'declined') : 'declined';
  return await once(context, 'authorizationRequest.deny', parsed, {
    write: async (writing) => {
      const row = await untilTaken(
        async () => {
          const [decided] = await writing.db.query(denyRequest, {
            ...eventParametersOf(writing, writing.clock.now(), parsed.context),
            ...viewerOf(writing.actor),
            id,
            reason,
            eventId: writing.ids.uuid(),
          });
          return decided;
        },
        () => explainRefusal(writing, id, { kind: 'deny', reason }),
      );
      return { answer: viewOf({ ...row, challenge: null }, writing.clock.now()) };
    },
  });
}
