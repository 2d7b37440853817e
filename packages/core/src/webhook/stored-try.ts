import type { StoredTry } from './row.ts';
import type { WebhookOutcome } from './transport.ts';

/** What is kept of a try. Null: it could not be signed, and was not sent. */
export function storedTry(startedAt: Date, outcome: WebhookOutcome | null): StoredTry {
  const failure = outcome?.kind === 'failed' ? outcome.reason : null;
  return {
    at: startedAt.toISOString(),
    status: outcome?.kind === 'answered' ? outcome.status : null,
    failure: outcome === null ? 'secret_unreadable' : failure,
    milliseconds: Math.round(outcome?.milliseconds ?? 0),
  };
}
