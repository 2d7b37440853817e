import { budgetParametersOf } from '../challenge/budget.ts';
import type { OpenChallenge } from '../challenge/judge.ts';
import { countLocks, lockParametersOf } from '../challenge/lock-note.ts';
import { openChallengeOf } from '../challenge/open.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import type { CoreContext } from '../context.ts';
import type { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { AfterRollback } from '../idempotency/after-rollback.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import { declaredMethod } from '../telemetry.ts';
import { explainRefusal } from './refusal.ts';
import type { ConfirmationWithChallenge } from './row.ts';
import { settleLateRight } from './statement/late.ts';
import type { ConfirmationPresent } from './statement/read.ts';
import type { ReservedRow } from './statement/reserve.ts';
import { viewerOf } from './statement/visible.ts';
import { settleWrong } from './statement/wrong.ts';

/** An attempt that was spent, to be settled. */
export interface Reserved {
  readonly row: ReservedRow;
  readonly challenge: OpenChallenge | null;
  readonly chargedAt: Date;
  /** Which streak was charged: see `streakKeyOf`. */
  readonly factorKey: string;
}

/** What every reservation is told: who asks, and what guessing may cost. */
function parametersOfReservation(context: CoreContext, id: string, now: Date, factorKey: string) {
  return { ...viewerOf(context.actor), ...budgetParametersOf(context.limits, now, factorKey), id };
}

/**
 * Spends the attempt, in a statement that commits by itself, so that no rollback, crash or parallel call can give it
 * back (ASVS 5.0 15.4.2).
 */
export async function reserveProof(
  context: CoreContext,
  { id, factorKey }: Pick<Reserved, 'factorKey'> & { readonly id: string },
  take: (parameters: ReturnType<typeof parametersOfReservation>) => Promise<ReservedRow[]>,
  refuses: (row: ConfirmationPresent) => CountersignError | null,
): Promise<Reserved> {
  return await untilTaken(
    async () => {
      const now = context.clock.now();
      const [row] = await take(parametersOfReservation(context, id, now, factorKey));
      return row && { row, challenge: openChallengeOf(row), chargedAt: now, factorKey };
    },
    () => explainRefusal(context, id, factorKey, refuses),
  );
}

/** A right answer, for who counts. A wrong one is counted where it is written. */
export function countRight(context: CoreContext, { key }: { readonly key: string }): void {
  const method = declaredMethod(context, key);
  context.telemetry.add('proofs', { verdict: 'right', method, about: 'confirmation' });
}

/** A wrong answer: written whatever it has become, in the transaction of the answer if there is one. */
export async function settleWrongProof(
  context: CoreContext,
  { row, factorKey }: Pick<Reserved, 'row' | 'factorKey'>,
  { method }: ConfiguredMethod,
  passedAlong: unknown,
): Promise<ConfirmationWithChallenge> {
  const now = context.clock.now();
  const [settled] = await context.db.query(settleWrong, {
    ...eventParametersOf(context, now, passedAlong),
    ...lockParametersOf(context.limits, now, { method: method.key, factorKey, factorId: row.factor_id }),
    id: row.id,
    eventId: context.ids.uuid(),
  });
  if (!settled) throw new Error('the confirmation of a reserved attempt is gone');
  const told = declaredMethod(context, method.key);
  context.telemetry.add('proofs', { verdict: 'wrong', method: told, about: 'confirmation' });
  countLocks(context, told, settled);
  return settled;
}

/**
 * Right, and too late: nothing is held against the person, and the refusal says what happened. Not settled at once: in
 * the transaction of a key the row may be locked by us, and what is written is undone by the refusal.
 */
export function tooLate(context: CoreContext, proven: LateProof, refusal: CountersignError): AfterRollback {
  const { id, chargedAt, factorKey } = proven;
  return new AfterRollback(refusal, () =>
    context.database.pool.query(settleLateRight, { id, chargedAt, factorKey }),
  );
}

interface LateProof extends Pick<Reserved, 'chargedAt' | 'factorKey'> {
  readonly id: string;
}
