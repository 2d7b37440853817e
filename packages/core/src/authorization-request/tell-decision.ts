import { tellDecision } from '../challenge/decision.ts';
import type { CoreContext } from '../context.ts';
import type { DecisionInput } from '../method/define.ts';
import type { RequestRow } from './row.ts';
import { readNewestMethod } from './statement/read.ts';

/**
 * Tells the method that was asked last what became of it, where nobody proved anything. Its challenge is looked up only
 * when some method wants to know.
 */
export async function tellDecisionOf(
  context: CoreContext,
  { id, challenge_id: challengeId }: RequestRow,
  told: Pick<DecisionInput, 'decision' | 'request' | 'context'>,
): Promise<(() => Promise<void>) | null> {
  if (challengeId === null || !context.methods.all.some(({ onDecision }) => onDecision)) return null;
  const [asked] = await context.db.query(readNewestMethod, { id, challengeId });
  return asked ? tellDecision(context, asked.method, told) : null;
}
