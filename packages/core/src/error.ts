import type { z } from 'zod';
import type { errorDetails } from './error-details.ts';

/**
 * Every refusal of Countersign has one of these reasons (the contract, §5). The list is closed: the
 * server maps each to a tRPC code by a `Record` that the compiler holds total.
 *
 * A code says what went wrong; the sentence is public prose; the cause is private and only logged.
 */
export const errorSentences = {
  invalid_input: 'The input is not acceptable.',
  unauthenticated: 'Valid credentials are required.',
  forbidden: 'This actor may not do that.',
  insufficient_scope: 'The token does not allow this call.',
  not_found: 'There is nothing here by that id.',
  not_waiting: 'The authorization request was decided already.',
  not_granted: 'The authorization request was not granted.',
  expired: 'The authorization request has expired.',
  attempts_exhausted: 'No attempts are left.',
  subject_locked: 'Too many wrong proofs; try again later.',
  factor_locked: 'Too many wrong proofs by this method; try again later.',
  rate_limited: 'Too many in a short time; try again later.',
  proof_required: 'A proof is required.',
  authorization_required: 'This operation must be authorized first.',
  data_mismatch: 'The authorization was given for other data.',
  already_consumed: 'The authorization was used already.',
  execution_window_passed: 'The time to use the authorization has passed.',
  method_unavailable: 'There is no way to confirm this yet, or not by this method.',
  method_ambiguous: 'Several methods are possible; name one.',
  already_confirmed: 'This was confirmed already.',
  unavailable: 'This is not available.',
  device_exists: 'This device is registered already.',
  factor_exists: 'This factor exists already.',
  idempotency_conflict: 'The idempotency key belongs to another call.',
  transaction_required: 'An open transaction is required.',
  foreign_database: 'The transaction belongs to another database.',
  scope_too_wide: 'The scope is wider than what may be given.',
  lifetime_too_long: 'The lifetime is longer than what may be given.',
  delivery_failed: 'The message could not be handed over.',
  unavailable_dependency: 'A service this depends on is away.',
  internal: 'Something went wrong on our side.',
} as const;

/** A reason of the contract's §5. */
export type ErrorReason = keyof typeof errorSentences;

export const errorReasons = Object.keys(errorSentences) as ErrorReason[];

/** What the public facts of a refusal are; `never` for a reason that tells none. */
export type ErrorDetails<Reason extends ErrorReason> = Reason extends keyof typeof errorDetails
  ? Unchanged<z.output<(typeof errorDetails)[Reason]>>
  : never;

type Unchanged<T> = T extends Date
  ? T
  : T extends readonly (infer Each)[]
    ? readonly Unchanged<Each>[]
    : T extends object
      ? { readonly [Key in keyof T]: Unchanged<T[Key]> }
      : T;

interface ErrorExtras<Reason extends ErrorReason> {
  /** Public facts about the refusal: what `errorDetails` says of the reason. */
  readonly details?: ErrorDetails<Reason>;
  /** The request the refusal is about, as the caller may see it. */
  readonly authorizationRequest?: unknown;
  /** Private: reaches the log, never an answer. */
  readonly cause?: unknown;
}

/** One pair a reason, so that the details are those of the reason. */
type ErrorArguments =
  | { [Reason in ErrorReason]: [reason: Reason, extras?: ErrorExtras<Reason>] }[ErrorReason]
  | [reason: ErrorReason, extras?: ErrorExtras<never>];

/**
 * The one error class of Countersign.
 *
 * @example
 * ```ts
 * try {
 *   await core.authorizationRequest.deny(context, { id });
 * } catch (error) {
 *   if (error instanceof CountersignError && error.reason === 'not_waiting') showDecision(error.details);
 *   else throw error;
 * }
 * ```
 */
export class CountersignError extends Error {
  override readonly name = 'CountersignError';
  readonly reason: ErrorReason;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly authorizationRequest: unknown;

  constructor(...[reason, extras = {}]: ErrorArguments) {
    super(errorSentences[reason], extras.cause === undefined ? undefined : { cause: extras.cause });
    this.reason = reason;
    this.details = extras.details;
    this.authorizationRequest = extras.authorizationRequest;
  }
}

/** Refuses input: `path` names the place, `message` what is expected there. */
export function invalidInput(
  path: readonly (string | number)[],
  message: string,
  code = 'custom',
): CountersignError {
  return new CountersignError('invalid_input', { details: { issues: [{ path, code, message }] } });
}
