import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireServiceOrSubject } from '../permission.ts';
import { listInput, listLimit, type listOutput } from './schema.ts';
import { listTokens, listTokensOfSubject } from './statement/list.ts';
import { viewOf } from './view.ts';

/**
 * The tokens that were issued, newest first, fifty a page; those that have expired or were revoked too. A subject
 * sees its own, of every session; another's list is empty, as an unknown subject's is.
 *
 * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
 */
export async function listScopedTokens(
  context: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  const { subjectId: asked, cursor } = parseInput(listInput, input);
  const { actor, db } = context;
  requireServiceOrSubject(actor);
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (cursor !== undefined && after === null)
    throw invalidInput(['cursor'], 'must be a cursor that a list returned');
  const own = actor.kind === 'subject' ? actor.subjectId : undefined;
  const subjectId = asked ?? own;
  if (own !== undefined && subjectId !== own) return { items: [], nextCursor: null };
  const page = { after, limit: listLimit + 1 };
  const rows =
    subjectId === undefined
      ? await db.query(listTokens, page)
      : await db.query(listTokensOfSubject, { ...page, subjectId });
  const shown = rows.slice(0, listLimit);
  const last = shown.at(-1);
  return {
    items: shown.map(viewOf),
    nextCursor: rows.length > listLimit && last ? formatCursor(last.id) : null,
  };
}
