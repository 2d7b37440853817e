import { budgetRefusal } from '../challenge/budget.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId, parseId } from '../id.ts';
import { snapshotOf } from './snapshot.ts';
import { decide, stateAt, type Command, type Refusal } from './state.ts';
import { exhaustRequests } from './statement/exhaust.ts';
import { readRequestWithSecurity, type RequestWithSecurity } from './statement/read.ts';
import { viewerOf } from './statement/visible.ts';

/** The UUID behind a request's public id; a text that is no such id names nothing. */
export function requestUuid(id: string): string {
  const uuid = parseId('authorizationRequest', id);
  if (!uuid) throw new CountersignError('not_found');
  return uuid;
}

/**
 * A conditional statement took no row: why? Reads the request and asks the state machine, so that the
 * refusals of SQL and of the specification cannot drift apart. Returns when nothing speaks against the
 * command any more (a race that is over); the caller may try once more.
 */
export async function explainRefusal(
  context: CoreContext,
  uuid: string,
  command: Command,
  proof?: { readonly method: string; readonly factorKey: string; readonly bySecret: boolean },
): Promise<void> {
  const [row] = await context.database.pool.query(readRequestWithSecurity, {
    ...viewerOf(context.actor),
    id: uuid,
  });
  if (!row) throw new CountersignError('not_found');
  const now = context.clock.now();
  const decision = decide(snapshotOf(row), command, now);
  if (!decision.ok) {
    if (decision.refusal === 'attempts_exhausted') await denyIfLeftBehind(context, row, now);
    throw refusalError(decision.refusal, row, now);
  }
  if (!proof) return;
  if (!row.methods.includes(proof.method)) throw new CountersignError('method_unavailable');
  const security = row.security && {
    ...row.security,
    charged_at: row.security.charged_at.map((at) => new Date(at)),
  };
  const asked = proof.bySecret && row.challenge?.method === proof.method ? row.challenge.factor_id : null;
  const locked = budgetRefusal(security, context.limits, asked ?? proof.factorKey, now);
  if (locked) throw locked;
}

export function refusalError(
  refusal: Refusal,
  row: Pick<RequestWithSecurity, 'state' | 'reason' | 'expires_at'>,
  now: Date,
): CountersignError {
  const state = stateAt({ state: row.state, expiresAt: row.expires_at }, now);
  switch (refusal) {
    case 'not_waiting':
      return new CountersignError('not_waiting', { details: { state, reason: row.reason } });
    case 'not_granted':
      return new CountersignError('not_granted', { details: { state } });
    case 'superseded':
      return new CountersignError('unavailable_dependency');
    case 'expired':
    case 'attempts_exhausted':
    case 'rate_limited':
    case 'already_consumed':
    case 'execution_window_passed':
      return new CountersignError(refusal);
  }
}

/** Waiting with no attempt left, and nobody is judging any more: the process that was, died. */
async function denyIfLeftBehind(context: CoreContext, row: RequestWithSecurity, now: Date): Promise<void> {
  const attemptedBefore = new Date(now.getTime() - context.limits.attemptSecondsMax * 1000);
  if (!row.attempted_at || row.attempted_at > attemptedBefore) return;
  const parameters = {
    ...eventParametersOf(context, now, undefined),
    by: 'system',
    attemptedBefore,
    onlyId: row.id,
    batchSizeMax: 1,
  };
  const denied = await context.database.pool.query(exhaustRequests, parameters);
  if (denied.length > 0) context.wake([formatId('authorizationRequest', row.id)]);
}
