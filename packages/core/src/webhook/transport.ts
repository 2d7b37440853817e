/**
 * How a webhook leaves the machine: a port, since core speaks no HTTP. Whoever implements it resolves and judges the
 * address, signs, sends, and reads of the answer no more than its status line and headers.
 */
export interface WebhookTransport {
  /** One try. Never throws and never follows a redirect; an abort of the signal is an outcome like any other. */
  send(delivery: WebhookSend): Promise<WebhookOutcome>;
}

/** One try of one delivery. */
export interface WebhookSend {
  readonly url: string;
  /** `webhook-id`: the same at each try and at each replay, so that a receiver knows what it has. */
  readonly id: string;
  /** `whsec_…`, newest first: two while the old one still counts, and both sign. */
  readonly secrets: readonly string[];
  /** JSON, the same bytes at each try. */
  readonly body: string;
  /** From the first look-up of the name to the last byte that is read. */
  readonly timeoutSeconds: number;
  /** Aborts when the process stops. */
  readonly signal: AbortSignal;
}

/**
 * Why there was no answer:
 * `address_refused` the name leads to an address that is not sent to, or the URL is one that nothing is sent to ·
 * `name_not_resolved` the name leads nowhere · `redirected` the answer names another place · `timed_out` ·
 * `connection` refused, reset, closed before an answer, or no HTTP · `tls` no certificate that holds ·
 * `too_large` the answer's head is larger than what is read · `aborted` the process stops.
 */
export const webhookFailures = [
  'address_refused',
  'name_not_resolved',
  'redirected',
  'timed_out',
  'connection',
  'tls',
  'too_large',
  'aborted',
] as const;
export type WebhookFailure = (typeof webhookFailures)[number];

export type WebhookOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly milliseconds: number;
      /** What `Retry-After` says, as seconds from now; null without one that can be read. */
      readonly retryAfterSeconds: number | null;
    }
  | { readonly kind: 'failed'; readonly reason: WebhookFailure; readonly milliseconds: number };

/** What a try may take (Standard Webhooks 1.0 recommends 15 to 30). */
export const timeoutSeconds = 15;
