import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { once } from '../idempotency/once.ts';
import { requireParty, requireService } from '../permission.ts';
import { declaredMethod } from '../telemetry.ts';
import { parseInput } from '../parse.ts';
import { parseProof } from './parse-proof.ts';
import { signerOfReport } from './report.ts';
import { tellDecisionOf } from './tell-decision.ts';
import { explainRefusal, requestUuid } from './refusal.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import { denyInput, type AuthorizationRequestView } from './schema.ts';
import { denyRequest, reportRequest } from './statement/decline.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';

/**
 * The person says no. Needs no proof: refusing must always be possible. "This was not me" counts only from
 * the service or with a device's signature; without one it is recorded as declined. With one nobody is prompted for
 * twenty minutes, and the session that asked starts nothing. A proof of a method that is no longer there does not stand
 * in the way.
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
  const id = requestUuid(parsed.id);
  const signer = await signerOf(context, id, parsed);
  const reason = context.actor.kind === 'service' ? (parsed.reason ?? 'declined') : 'declined';
  return await once(context, 'authorizationRequest.deny', parsed, {
    step: { name: 'deny', request: id },
    write: async (writing) => {
      const row = await untilTaken(
        async () => {
          const now = writing.clock.now();
          const parameters = {
            ...eventParametersOf(writing, now, parsed.context),
            ...viewerOf(writing.actor),
            id,
            eventId: writing.ids.uuid(),
          };
          const [decided] = signer
            ? await writing.db.query(reportRequest, {
                ...parameters,
                ...reportOf(writing, parsed.id, signer, now),
              })
            : await writing.db.query(denyRequest, { ...parameters, reason });
          return decided;
        },
        () => explainRefusal(writing, id, { kind: 'deny', reason }),
      );
      const request = viewOf({ ...row, challenge: null }, writing.clock.now());
      return {
        answer: request,
        transitions: [
          { outcome: 'denied', slug: row.slug, method: declaredMethod(writing, null), reason: row.reason },
        ],
        afterCommit: await tellDecisionOf(writing, row, {
          decision: 'denied',
          request,
          context: parsed.context ?? null,
        }),
      };
    },
  });
}

async function signerOf(
  context: CoreContext,
  id: string,
  { reason, proof }: z.output<typeof denyInput>,
): Promise<`fact_${string}` | null> {
  if (!proof || !context.methods.get(proof.method)) return null;
  parseProof(context.methods, proof);
  if (reason !== 'not_me' || context.actor.kind === 'service') return null;
  return await signerOfReport(context, id, proof);
}

function reportOf(context: CoreContext, requestId: string, factorId: string, now: Date) {
  const nowMs = now.getTime();
  return {
    nowMs,
    mutedUntilMs: nowMs + context.limits.mutedSeconds * 1000,
    abuseData: eventData('abuse.reported', { requestId, factorId }),
  };
}
