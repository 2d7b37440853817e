import { forgetRequests } from '../authorization-request/statement/forget.ts';
import { forgetConfirmations } from '../confirmation/statement/forget.ts';
import { forgetRecipients, forgetSubjects } from '../challenge/forget.ts';
import type { CoreServices } from '../context.ts';
import { forgetSteps } from '../factor/statement/forget.ts';
import { forgetBatchSizeMax } from '../limits.ts';
import { forgetRevocations, forgetTokens } from '../scoped-token/statement/forget.ts';
import { cancelUnsent } from '../webhook/cancel.ts';
import { pruneDeliveries } from '../webhook/statement/prune.ts';
import { beginRetention } from './begin.ts';
import { daysBefore, type Retention } from './retention.ts';

const chances = 2 ** 32;

/** What a run has deleted, or ended. */
interface Forgotten {
  readonly rows: number;
  /** Some kind had as many as a batch takes. */
  readonly isMore: boolean;
}

/**
 * Deletes a batch of each kind of what is over for long enough. What it deletes answers no call but those that show it; a
 * receipt is valid without the row, and what happened stays in the log. What is owed to webhooks and not sent any more is
 * ended first: with nobody sending, its body would stay for ever.
 *
 * @returns null when another process is at it.
 * @throws ClockAheadError when this process must not judge what is over.
 */
export async function forget(
  { clock, database, randomness }: Pick<CoreServices, 'clock' | 'database' | 'randomness'>,
  { requestDays, confirmationDays, deliveryDays }: Retention,
): Promise<Forgotten | null> {
  return await database.transaction(async (db) => {
    const now = await beginRetention({ clock }, db);
    if (now === null) return null;
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
    counts.push(await cancelUnsent(db, now));
    const deliveries = { before: daysBefore(now, deliveryDays), batchSizeMax: forgetBatchSizeMax };
    counts.push((await db.query(pruneDeliveries, deliveries)).length);
    // Last, and no longer than it takes: whoever makes a request of such a subject waits for this.
    const part = { before, chance: randomness.integer(chances) / chances };
    for (const one of [forgetSubjects, forgetRecipients]) {
      const [deleted] = await db.query(one, part);
      counts.push(deleted?.count ?? 0);
    }
    return {
      rows: counts.reduce((sum, count) => sum + count, 0),
      isMore: counts.some((count) => count === forgetBatchSizeMax),
    };
  });
}
