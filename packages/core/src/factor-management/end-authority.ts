import { closeGrants } from '../authorization-request/statement/close-grants.ts';
import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { endAuthorized } from '../factor/statement/end-authorized.ts';
import { formatId } from '../id.ts';

/**
 * Ends what a factor has approved and nobody has executed, and what it has authorized that is not in force yet: to be
 * called after the statement that removed it, switched it off, revoked it or replaced what it proves by, in the same
 * transaction. The ids of what has changed, to wake who watches it after the commit.
 */
export async function endAuthorityOf(
  writing: CoreContext,
  factor: { readonly id: string; readonly subject_id: string },
  passedAlong: unknown,
): Promise<readonly string[]> {
  const told = eventParametersOf(writing, writing.clock.now(), passedAlong);
  const { id: authorizedBy, subject_id: subjectId } = factor;
  const closed = await writing.db.query(closeGrants, { factorId: authorizedBy, now: told.now });
  const ended = await writing.db.query(endAuthorized, { ...told, subjectId, authorizedBy });
  return [
    ...closed.map(({ id }) => formatId('authorizationRequest', id)),
    ...ended.map(({ id }) => formatId('factor', id)),
  ];
}
