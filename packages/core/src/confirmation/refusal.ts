import { budgetRefusal } from '../challenge/budget.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { snapshotOf } from './row.ts';
import { decide } from './state.ts';
import {
  readConfirmation,
  readConfirmationWithSecurity,
  type ConfirmationPresent,
} from './statement/read.ts';
import { viewerOf } from './statement/visible.ts';

/** The UUID behind a confirmation's public id; a text that is no such id names nothing. */
export function confirmationUuid(id: string): string {
  const uuid = parseId('confirmation', id);
  if (uuid === null) throw new CountersignError('not_found');
  return uuid;
}

/** @throws CountersignError `not_found`, also for somebody else's. */
export async function loadConfirmation(context: CoreContext, uuid: string): Promise<ConfirmationPresent> {
  const asked = { ...viewerOf(context.actor), id: uuid };
  const [row] = await context.database.pool.query(readConfirmation, asked);
  if (!row) throw new CountersignError('not_found');
  return row;
}

/**
 * A reservation took no row: why? Reads the confirmation and asks the state machine, so that the refusals of SQL and of
 * the specification cannot drift apart. Returns when nothing speaks against it any more (a race that is over).
 */
export async function explainRefusal(
  context: CoreContext,
  uuid: string,
  factorKey: string,
  refuses: (row: ConfirmationPresent) => CountersignError | null,
): Promise<void> {
  const asked = { ...viewerOf(context.actor), id: uuid };
  const [row] = await context.database.pool.query(readConfirmationWithSecurity, asked);
  if (!row) throw new CountersignError('not_found');
  const now = context.clock.now();
  const decision = decide(snapshotOf(row), 'reserve', now);
  if (!decision.ok) throw new CountersignError(decision.refusal);
  const refused = refuses(row);
  if (refused) throw refused;
  const security = row.security && {
    ...row.security,
    charged_at: row.security.charged_at.map((at) => new Date(at)),
  };
  const locked = budgetRefusal(security, context.limits, factorKey, now);
  if (locked) throw locked;
}
