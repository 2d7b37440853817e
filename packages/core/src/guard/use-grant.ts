import { consumptionOf } from '../authorization-request/consume.ts';
import { consumeStandingRequest, type ConsumedRow } from '../authorization-request/statement/consume.ts';
import type { CoreContext } from '../context.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { countTransition } from '../transition.ts';
import { wantedParameters, type Wanted } from './wanted.ts';

/**
 * Uses the grant for these values, once; null when there is none. In a transaction it commits or rolls back with
 * whatever else is written there; without one it is committed when it answers.
 */
export async function useGrant(context: CoreContext, wanted: Wanted): Promise<ConsumedRow | null> {
  const parameters = wantedParameters(context, wanted);
  const [consumed] = await context.db.query(consumeStandingRequest, {
    ...eventParametersOf(context, parameters.now, undefined),
    ...parameters,
    eventId: context.ids.uuid(),
    consumedData: eventData('authorization_request.consumed', {
      dataHash: wanted.dataHash.toString('base64url'),
      by: context.actor.kind,
    }),
  });
  if (!consumed) return null;
  context.wake([formatId('authorizationRequest', consumed.id)]);
  // Which request it is, is known only now: the step is short, and stands where it ended.
  await context.telemetry.span('consume', consumed.id, async (span) =>
    countTransition(context, consumptionOf(context, consumed), span),
  );
  return consumed;
}
