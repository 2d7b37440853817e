import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import { requestUuid } from './refusal.ts';
import type { RequestWithChallenge } from './row.ts';
import { getInput, type AuthorizationRequestView } from './schema.ts';
import { readRequest } from './statement/read.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';

/**
 * One request, as this actor may see it.
 *
 * @throws CountersignError `not_found` when it is unknown, another subject's, or bound to another session.
 */
export async function getAuthorizationRequest(
  context: CoreContext,
  input: { id: string },
): Promise<AuthorizationRequestView> {
  const { id } = parseInput(getInput, input);
  requireParty(context.actor);
  return viewOf(await loadRequest(context, requestUuid(id)), context.clock.now(), digitsFor(context));
}

export async function loadRequest(context: CoreContext, uuid: string): Promise<RequestWithChallenge> {
  const [row] = await context.db.query(readRequest, { ...viewerOf(context.actor), id: uuid });
  if (!row) throw new CountersignError('not_found');
  return row;
}
