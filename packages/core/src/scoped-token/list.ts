import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import { listInput, listLimit, type listOutput } from './schema.ts';
import { listTokens, listTokensOfSubject } from './statement/list.ts';
import { viewOf } from './view.ts';

/**
 * The tokens that were issued, newest first, fifty a page; those that have expired or were revoked too.
 *
 * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
 */
export async function listScopedTokens(
  context: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  const { subjectId, cursor } = parseInput(listInput, input);
  requireService(context.actor);
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (cursor !== undefined && after === null)
    throw invalidInput(['cursor'], 'must be a cursor that a list returned');
  const asked = { after, limit: listLimit + 1 };
  const rows =
    subjectId === undefined
      ? await context.db.query(listTokens, asked)
      : await context.db.query(listTokensOfSubject, { ...asked, subjectId });
  const shown = rows.slice(0, listLimit);
  const last = shown.at(-1);
  return {
    items: shown.map(viewOf),
    nextCursor: rows.length > listLimit && last ? formatCursor(last.id) : null,
  };
}
