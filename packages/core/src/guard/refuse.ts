import { getAuthorizationRequest } from '../authorization-request/get.ts';
import type { AuthorizationRequestView } from '../authorization-request/schema.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { formatId } from '../id.ts';
import { askOnce } from './ask-once.ts';
import { findStanding } from './statement/find-standing.ts';
import { wantedParameters, type Wanted } from './wanted.ts';

/** The request for exactly these values: granted and not used, else one that waits; undefined when there is neither. */
export async function standingRequest(context: CoreContext, wanted: Wanted) {
  const [found] = await context.db.query(findStanding, wantedParameters(context, wanted));
  return found;
}

/**
 * The refusal, with the request that is to be granted: the one that stands, or a new one. Outside of any transaction of
 * the call, so that it is there whatever becomes of the call, and no message is sent while rows are locked. Where two
 * processes make one each at the same moment, each serves for one call.
 *
 * @throws CountersignError what creating the request refuses by.
 */
export async function refusalWithRequest(
  context: CoreContext,
  wanted: Wanted,
  create: (asking: CoreContext) => Promise<AuthorizationRequestView>,
): Promise<CountersignError> {
  const asking = { ...context, db: context.database.pool };
  const { subjectId, sessionId, slug, dataHash, requiredBinding } = wanted;
  const what = [subjectId, sessionId, slug, dataHash.toString('base64url'), requiredBinding];
  const authorizationRequest = await askOnce(context.database, what, async () => {
    const found = await standingRequest(asking, wanted);
    return found === undefined
      ? await create(asking)
      : await context.telemetry.span('ask', found.id, async (span) => {
          span.set({ outcome: 'standing' });
          return await getAuthorizationRequest(asking, { id: formatId('authorizationRequest', found.id) });
        });
  });
  return new CountersignError('authorization_required', { authorizationRequest });
}
