import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { once } from '../idempotency/once.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { declaredMethod } from '../telemetry.ts';
import { parseInput } from '../parse.ts';
import { explainRefusal, requestUuid } from './refusal.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import { cancelInput, type AuthorizationRequestView } from './schema.ts';
import { cancelRequest } from './statement/decline.ts';
import { viewerOf } from './statement/visible.ts';
import { tellDecisionOf } from './tell-decision.ts';
import { viewOf } from './view.ts';

/**
 * Calls the operation off before a decision.
 *
 * @throws CountersignError `not_found`, `not_waiting`, `expired`; `forbidden` for a device.
 */
export async function cancelAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof cancelInput>,
): Promise<AuthorizationRequestView> {
  const parsed = parseInput(cancelInput, input);
  requireServiceOrSubject(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const id = requestUuid(parsed.id);
  return await once(context, 'authorizationRequest.cancel', parsed, {
    step: { name: 'cancel', request: id },
    write: async (writing) => {
      const row = await untilTaken(
        async () => {
          const [decided] = await writing.db.query(cancelRequest, {
            ...eventParametersOf(writing, writing.clock.now(), parsed.context),
            ...viewerOf(writing.actor),
            id,
            eventId: writing.ids.uuid(),
          });
          return decided;
        },
        () => explainRefusal(writing, id, { kind: 'cancel' }),
      );
      const request = viewOf({ ...row, challenge: null }, writing.clock.now());
      return {
        answer: request,
        transitions: [{ outcome: 'cancelled', slug: row.slug, method: declaredMethod(writing, null) }],
        afterCommit: await tellDecisionOf(writing, row, {
          decision: 'cancelled',
          request,
          context: parsed.context ?? null,
        }),
      };
    },
  });
}
