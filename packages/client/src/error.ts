import type { ErrorDetails, ErrorReason } from './generated/errors.ts';
import type { AuthorizationRequest } from './generated/schema.ts';

/** Why a call failed: a reason of the server's, or that no answer of a Countersign server came. */
export type FailureReason = ErrorReason | 'connection_failed';

/** What `details` holds for a reason; undefined for the reasons that have none. */
export type DetailsOf<Reason extends FailureReason> = Reason extends keyof ErrorDetails
  ? ErrorDetails[Reason]
  : undefined;

export interface Failure<Reason extends FailureReason> {
  readonly reason: Reason;
  readonly message: string;
  readonly code?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly details?: unknown;
  readonly authorizationRequest?: AuthorizationRequest | undefined;
  readonly cause?: unknown;
}

/**
 * Every failure of a call. Branch on `reason`, never on the message: docs/errors.md lists them all.
 *
 * With `connection_failed` nobody knows whether a mutation happened. The client has repeated it already, with
 * one key, so that it happened at most once; its `cause` is what the network said.
 *
 * @example
 * ```ts
 * try {
 *   await client.authorizationRequest.cancel({ id });
 * } catch (error) {
 *   if (isCountersignError(error, 'not_waiting')) show(error.details.state);
 *   else throw error;
 * }
 * ```
 */
export class CountersignError<Reason extends FailureReason = FailureReason> extends Error {
  override readonly name = 'CountersignError';
  readonly reason: Reason;
  /** tRPC's code, such as `NOT_FOUND`; null when no answer came. */
  readonly code: string | null;
  /** 404, 409 …; null when none came at all. */
  readonly httpStatus: number | null;
  readonly details: DetailsOf<Reason>;
  /** With `authorization_required` and `delivery_failed`: the request it is about. */
  readonly authorizationRequest: AuthorizationRequest | undefined;

  constructor(failure: Failure<Reason>) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.reason = failure.reason;
    this.code = failure.code ?? null;
    this.httpStatus = failure.httpStatus ?? null;
    this.details = failure.details as DetailsOf<Reason>;
    this.authorizationRequest = failure.authorizationRequest;
  }
}

/** Whether it is a failure of a call, and for this reason if one is named; `details` is typed accordingly. */
export function isCountersignError(error: unknown): error is CountersignError;
export function isCountersignError<Reason extends FailureReason>(
  error: unknown,
  reason: Reason,
): error is CountersignError<Reason>;
export function isCountersignError(error: unknown, reason?: FailureReason): boolean {
  return error instanceof CountersignError && (reason === undefined || error.reason === reason);
}

/**
 * The reason of any error that came from Countersign: of this client, or of a tRPC client of the host's own
 * whose call was refused. Undefined for every other error.
 */
export function reasonOf(error: unknown): FailureReason | undefined {
  if (isCountersignError(error)) return error.reason;
  const { reason } = dataOf(error);
  return typeof reason === 'string' ? (reason as ErrorReason) : undefined;
}

/** `data` of an error as tRPC's clients carry it. */
export function dataOf(error: unknown): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(error)['data']);
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
