import { forgetRequests } from '../authorization-request/statement/forget.ts';
import { forgetConfirmations } from '../confirmation/statement/forget.ts';
import type { CoreServices } from '../context.ts';
import { forgetSteps } from '../factor/statement/forget.ts';
import { forgetBatchSizeMax } from '../limits.ts';
import { forgetRevocations, forgetTokens } from '../scoped-token/statement/forget.ts';
import { pruneDeliveries } from '../webhook/statement/prune.ts';
import { daysBefore, type Retention } from './retention.ts';
import { takeRetention } from './statement/take.ts';

/** What a run has deleted. */
interface Forgotten {
  readonly rows: number;
  /** Some kind had as many as a batch takes. */
  readonly isMore: boolean;
}

/**
 * Deletes a batch of each kind of what is over for long enough. What it deletes answers no call but those that show it; a
 * receipt is valid without the row, and what happened stays in the log.
 *
 * @returns null when another process is at it.
 */
export async function forget(
  { clock, database }: Pick<CoreServices, 'clock' | 'database'>,
  { requestDays, confirmationDays, deliveryDays }: Retention,
): Promise<Forgotten | null> {
  return await database.transaction(async (db) => {
    const [lock] = await db.query(takeRetention, {});
    if (!lock?.taken) return null;
    const now = clock.now();
    const before = daysBefore(now, requestDays);
    const counts: number[] = [];
    for (const [one, moment] of [
      [forgetRequests, before],
      [forgetConfirmations, daysBefore(now, confirmationDays)],
      [forgetTokens, before],
      [forgetRevocations, before],
      [forgetSteps, before],
    ] as const) {
      const [deleted] = await db.query(one, { before: moment });
      counts.push(deleted?.count ?? 0);
    }
    const deliveries = { before: daysBefore(now, deliveryDays), batchSizeMax: forgetBatchSizeMax };
    counts.push((await db.query(pruneDeliveries, deliveries)).length);
    return {
      rows: counts.reduce((sum, count) => sum + count, 0),
      isMore: counts.some((count) => count === forgetBatchSizeMax),
    };
  });
}
