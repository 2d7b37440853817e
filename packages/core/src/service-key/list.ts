import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { listInput, listLimit, type listOutput } from './schema.ts';
import { listServiceKeyRows } from './statement.ts';
import { viewOf } from './view.ts';

/**
 * The keys there are and were, newest first, fifty a page.
 *
 * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
 */
export async function listServiceKeys(
  context: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  const { cursor } = parseInput(listInput, input);
  requireOperator(context.actor);
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (cursor !== undefined && after === null)
    throw invalidInput(['cursor'], 'must be a cursor that a list returned');
  const rows = await context.db.query(listServiceKeyRows, { after, limit: listLimit + 1 });
  const shown = rows.slice(0, listLimit);
  const last = shown.at(-1);
  return {
    items: shown.map(viewOf),
    nextCursor: rows.length > listLimit && last ? formatCursor(last.id) : null,
  };
}
