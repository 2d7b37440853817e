// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server';
import type { AuthorizationRequest, AuthorizationRequestState } from './schema.ts';

/** One thing that is wrong with an input. */
export interface InputIssue {
  /** Where in the input. */
  path: (string | number)[];
  /** What kind of finding, in words of zod. */
  code: string;
  message: string;
}

/** What is told beside each reason; where it says `undefined`, nothing is. */
export interface ErrorDetails {
  /**
   * The input is not acceptable. The input has not the declared shape or is beyond a limit; so has a
   * proof, which then costs no attempt. Also what is no call at all: another body, content type or HTTP
   * method than tRPC’s.
   */
  invalid_input: {
    /** What is wrong: at most 20 of `{ path, code, message }`. */
    issues: InputIssue[];
  };
  /**
   * Valid credentials are required. Nobody has proved who is calling. For `device.authenticate`:
   * whatever is not right, an unknown device as well.
   */
  unauthenticated: undefined;
  /**
   * This actor may not do that. This kind of actor may not do this, or not with this key in the input. A
   * web page from an origin that is not listed.
   */
  forbidden: undefined;
  /** The token does not allow this call. The scoped token does not cover this call. */
  insufficient_scope: undefined;
  /**
   * There is nothing here by that id. No such id, or one that this actor may not see: another subject’s,
   * or bound to another session. Both answer alike. Also an unknown procedure.
   */
  not_found: undefined;
  /** The authorization request was decided already. The request was granted, denied or cancelled already. */
  not_waiting: {
    /** Where it stands. */
    state: AuthorizationRequestState;
    /** Why it was denied, if it was. */
    reason: string | null;
  };
  /** The authorization request was not granted. Consumption of a request that was not granted. */
  not_granted: {
    /** Where it stands. */
    state: AuthorizationRequestState;
  };
  /** The authorization request has expired. Nobody answered the request in time. */
  expired: undefined;
  /**
   * No attempts are left. The request waits, but its attempts are spent: the last proofs are being
   * judged just now.
   */
  attempts_exhausted: undefined;
  /**
   * Too many wrong proofs; try again later. The subject gave as many wrong proofs in the last 24 hours
   * as it may, over all requests.
   */
  subject_locked:
    | {
        /** From when on it may be tried again; absent when waiting alone does not help. */
        retryAt?: Date | undefined;
      }
    | undefined;
  /**
   * Too many wrong proofs by this method; try again later. Several wrong proofs in a row by this factor,
   * or by this method where it has none: each further one is followed by a wait, which doubles; after
   * very many of them there is no end to wait for.
   */
  factor_locked:
    | {
        /** From when on it may be tried again; absent when waiting alone does not help. */
        retryAt?: Date | undefined;
      }
    | undefined;
  /**
   * Too many in a short time; try again later. Too many waiting requests or messages for a subject, too
   * many messages to a recipient, a resend before its cool-down is over or after the last one, the same
   * operation and data within a minute after the person denied it, too many prompts to a device or after
   * a `not_me`, or more factors than a subject may have.
   */
  rate_limited:
    | {
        /** From when on it may be tried again; absent when waiting alone does not help. */
        retryAt?: Date | undefined;
      }
    | undefined;
  /**
   * A proof is required. A grant without a proof, and not within a minute of the same service’s own
   * right check of this request.
   */
  proof_required: undefined;
  /**
   * This operation must be authorized first. A guarded operation, or a change of factors, without a
   * grant.
   */
  authorization_required: undefined;
  /**
   * The authorization was given for other data. Consumption with another slug or other data than were
   * authorized.
   */
  data_mismatch: undefined;
  /** The authorization was used already. The grant was used before. */
  already_consumed: undefined;
  /** The time to use the authorization has passed. The grant was not used before its `executeBefore`. */
  execution_window_passed: undefined;
  /**
   * There is no way to confirm this yet, or not by this method. No method is possible for this subject
   * and operation; or the one that was named is unknown, not allowed here, or cannot reach the subject.
   */
  method_unavailable: undefined;
  /** Several methods are possible; name one. A challenge without `method`, and several are possible. */
  method_ambiguous: undefined;
  /** This was confirmed already. The confirmation was confirmed before. */
  already_confirmed: undefined;
  /**
   * This is not available. The confirmation was used, or its method or factor is no longer in force. A
   * device that is switched off and is to be the primary one.
   */
  unavailable: undefined;
  /** This device is registered already. A device with this uuid is registered for the subject. */
  device_exists: undefined;
  /**
   * This factor exists already. The subject has this factor already; a passkey, which belongs to one
   * subject, somebody has.
   */
  factor_exists: undefined;
  /**
   * The idempotency key belongs to another call. The key came before with another input, or its first
   * call is still running.
   */
  idempotency_conflict: {
    /** True while the first call is still running. */
    inProgress: boolean;
  };
  /** An open transaction is required. In process only: `consume` with a `tx` that is no open transaction. */
  transaction_required: undefined;
  /**
   * The transaction belongs to another database. In process only: `consume` with a `tx` in another
   * database than ours.
   */
  foreign_database: undefined;
  /** The scope is wider than what may be given. A token narrowed to more than its parent allows. */
  scope_too_wide: undefined;
  /** The lifetime is longer than what may be given. A token that would live longer than it may. */
  lifetime_too_long: undefined;
  /**
   * The message could not be handed over. The sender failed or took too long. The request exists;
   * another challenge may be asked for at once.
   */
  delivery_failed: undefined;
  /**
   * A service this depends on is away. The database is away, overloaded, too slow or takes no writes.
   * Whether a change was made is not known; repeating it with the same idempotency key tells.
   */
  unavailable_dependency: undefined;
  /** Something went wrong on our side. Anything that nobody foresaw. */
  internal: {
    /** The log tells the rest under it. */
    errorId: string;
  };
}

/** Why something was refused: a closed list. Branch on this, not on the message. */
export type ErrorReason = keyof ErrorDetails;

/** The reasons that tell of a request. */
type ReasonWithRequest = 'authorization_required' | 'delivery_failed';

/** `data` of every error that Countersign answers; told apart by `reason`. */
export type CountersignErrorData<Reason extends ErrorReason = ErrorReason> = {
  [Each in Reason]: {
    readonly code: TRPC_ERROR_CODE_KEY;
    readonly httpStatus: number;
    readonly reason: Each;
    readonly details: ErrorDetails[Each];
    /** The request to be answered, or the one whose message could not be sent. */
    readonly authorizationRequest: Each extends ReasonWithRequest ? AuthorizationRequest : undefined;
  };
}[Reason];

/** An error as tRPC carries it. */
export interface CountersignErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: CountersignErrorData;
}
