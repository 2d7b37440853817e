import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import type { FactorRow } from '../factor/row.ts';
import { promoteNext } from '../factor/statement/change.ts';
import { listOthersOfMethod } from '../factor/statement/read.ts';
import { removeFactor } from '../factor/statement/remove.ts';
import { formatId } from '../id.ts';
import type { Method } from '../method/define.ts';
import { endAuthorityOf } from './end-authority.ts';

/**
 * A factor has come into force of which its subject has one at most: in the same transaction every other one of its
 * method is over, and what it has approved with it. The ids of what has changed.
 */
export async function replaceOthers(
  writing: CoreContext,
  method: Method,
  { id, subject_id: subjectId, status }: FactorRow,
  passedAlong: unknown,
): Promise<readonly string[]> {
  if (!method.single || status !== 'confirmed') return [];
  const told = eventParametersOf(writing, writing.clock.now(), passedAlong);
  const others = await writing.db.query(listOthersOfMethod, { subjectId, method: method.key, id });
  const changed: string[] = [];
  for (const other of others) {
    await writing.db.query(removeFactor, { ...told, id: other.id, eventId: writing.ids.uuid() });
    const ended = await endAuthorityOf(writing, { id: other.id, subject_id: subjectId }, passedAlong);
    changed.push(formatId('factor', other.id), ...ended);
  }
  if (others.length > 0) await writing.db.query(promoteNext, { ...told, subjectId });
  return changed;
}
