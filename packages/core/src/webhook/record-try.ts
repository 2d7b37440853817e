import type { CoreServices } from '../context.ts';
import { formatId } from '../id.ts';
import { judge } from './judge.ts';
import type { ClaimedRow } from './statement/claim.ts';
import { giveBack, recordDelivered, recordFailed, recordRetry } from './statement/record.ts';
import { storedTry } from './stored-try.ts';
import type { WebhookOutcome } from './transport.ts';

interface Tried {
  readonly row: ClaimedRow;
  readonly claim: string;
  readonly startedAt: Date;
  /** Null: it could not be signed, and was not sent. */
  readonly outcome: WebhookOutcome | null;
}

const unsent: WebhookOutcome = { kind: 'failed', reason: 'connection', milliseconds: 0 };

/**
 * Writes down what came of a try, if the claim still holds. Who was too slow for it has sent something that another
 * sends again, and says nothing about it.
 */
export async function recordTry(
  services: CoreServices,
  { row, claim, startedAt, outcome }: Tried,
): Promise<void> {
  const { pool: db } = services.database;
  const now = services.clock.now();
  const judged = judge(services.randomness, outcome ?? unsent, { tries: row.tries, now });
  const own = { id: row.id, claim, now };
  const recorded = { ...own, tried: JSON.stringify(storedTry(startedAt, outcome)) };
  switch (judged.kind) {
    case 'given_back':
      await db.query(giveBack, own);
      return;
    case 'delivered':
      await db.query(recordDelivered, recorded);
      return;
    case 'retry':
      await db.query(recordRetry, { ...recorded, at: judged.at });
      return;
    case 'failed': {
      const told = { eventContext: null, by: 'system' };
      const [failed] = await db.query(recordFailed, { ...recorded, ...told, isGone: judged.isGone });
      if (failed?.disabled_reason) sayDisabled(services, failed.endpoint_id, failed.disabled_reason);
    }
  }
}

function sayDisabled({ logger, wake }: CoreServices, id: string, reason: string): void {
  const endpointId = formatId('webhook', id);
  logger.warn({ endpointId, reason }, 'a webhook endpoint was switched off');
  wake([endpointId]);
}
