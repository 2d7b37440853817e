import type { CoreServices } from '../context.ts';
import { within } from '../within.ts';
import { isSuccess } from './judge.ts';
import { recordTry } from './record-try.ts';
import { signingSecrets } from './signing-secrets.ts';
import type { ClaimedRow } from './statement/claim.ts';
import { timeoutSeconds, type WebhookOutcome, type WebhookSend, type WebhookTransport } from './transport.ts';

/** A delivery that this process has claimed. */
export interface Claimed {
  readonly row: ClaimedRow;
  readonly claim: string;
  /** Aborts when the process stops. */
  readonly signal: AbortSignal;
}

/** A transport that does not keep its own time is left behind. */
const graceSeconds = 2;

/** One try of one delivery, and what becomes of it. */
export async function sendDelivery(
  services: CoreServices,
  transport: WebhookTransport,
  { row, claim, signal }: Claimed,
): Promise<void> {
  const startedAt = services.clock.now();
  const request = row.type.startsWith('authorization_request.') ? row.about_id : null;
  const outcome = await services.telemetry.span('webhook', request, async (span) => {
    const { endpoint_id: endpointId, url, event: id, body } = row;
    const secrets = signingSecrets(services, { ...row, id: endpointId }, startedAt);
    const sent = secrets === null ? null : await sendOnce(transport, { url, id, body, secrets, signal });
    span.set({ outcome: countTry(services, sent) });
    return sent;
  });
  await recordTry(services, { row, claim, startedAt, outcome });
}

/**
 * One try, in its time. That a transport throws is a failure of the connection like any other, and so is one that says
 * it was broken off when nobody did: it must not be tried again at once, for ever.
 */
export async function sendOnce(
  transport: WebhookTransport,
  delivery: Omit<WebhookSend, 'timeoutSeconds'>,
): Promise<WebhookOutcome> {
  const { signal } = delivery;
  if (signal.aborted) return { kind: 'failed', reason: 'aborted', milliseconds: 0 };
  const milliseconds = (timeoutSeconds + graceSeconds) * 1000;
  const lost: WebhookOutcome = { kind: 'failed', reason: 'connection', milliseconds: 0 };
  const sent = (async () => await transport.send({ ...delivery, timeoutSeconds }))().catch(() => lost);
  const outcome = await within(milliseconds, sent, { kind: 'failed', reason: 'timed_out', milliseconds });
  const isBrokenOff = outcome.kind === 'failed' && outcome.reason === 'aborted';
  return isBrokenOff && !signal.aborted ? lost : outcome;
}

function countTry({ telemetry }: Pick<CoreServices, 'telemetry'>, sent: WebhookOutcome | null) {
  const outcome =
    sent === null || sent.kind === 'failed' ? 'unreachable' : isSuccess(sent) ? 'delivered' : 'rejected';
  telemetry.add('webhook_tries', { outcome });
  telemetry.observe('webhook_try_seconds', (sent?.milliseconds ?? 0) / 1000, { outcome });
  return outcome;
}
