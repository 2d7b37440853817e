import type { ErrorReason } from '../../packages/core/src/error.ts';

interface ErrorNote {
  readonly when: string;
  /** What stands beside `details`, which tells for itself. */
  readonly beside?: string;
}

/** When each reason is given. A reason without a note does not compile. */
export const errorNotes: Readonly<Record<ErrorReason, ErrorNote>> = {
  invalid_input: {
    when: 'The input has not the declared shape or is beyond a limit; so has a proof, which then costs no attempt. Also what is no call at all: another body, content type or HTTP method than tRPC’s.',
  },
  unauthenticated: {
    when: 'Nobody has proved who is calling. For `device.authenticate`: whatever is not right, an unknown device as well.',
  },
  forbidden: {
    when: 'This kind of actor may not do this, or not with this key in the input. A web page from an origin that is not listed.',
  },
  insufficient_scope: { when: 'The scoped token does not cover this call.' },
  not_found: {
    when: 'No such id, or one that this actor may not see: another subject’s, or bound to another session. Both answer alike. Also an unknown procedure.',
  },
  not_waiting: {
    when: 'The request was granted, denied or cancelled already.',
  },
  not_granted: {
    when: 'Consumption of a request that was not granted.',
  },
  expired: { when: 'Nobody answered the request in time.' },
  attempts_exhausted: {
    when: 'The request waits, but its attempts are spent: the last proofs are being judged just now.',
  },
  subject_locked: {
    when: 'The subject gave as many wrong proofs in the last 24 hours as it may, over all requests.',
  },
  factor_locked: {
    when: 'Several wrong proofs in a row by this factor, or by this method where it has none: each further one is followed by a wait, which doubles; after very many of them there is no end to wait for.',
  },
  rate_limited: {
    when: 'Too many waiting requests or messages for a subject, too many messages to a recipient, a resend before its cool-down is over or after the last one, the same operation and data within a minute after the person denied it, too many prompts to a device or after a `not_me`, or more factors than a subject may have.',
  },
  proof_required: {
    when: 'A grant without a proof, and not within a minute of the same service’s own right check of this request.',
  },
  authorization_required: {
    when: 'A guarded operation, or a change of factors, without a grant.',
    beside: '`authorizationRequest`, beside `details`: the request to be answered',
  },
  data_mismatch: { when: 'Consumption with another slug or other data than were authorized.' },
  already_consumed: { when: 'The grant was used before.' },
  execution_window_passed: { when: 'The grant was not used before its `executeBefore`.' },
  method_unavailable: {
    when: 'No method is possible for this subject and operation; or the one that was named is unknown, not allowed here, or cannot reach the subject.',
  },
  method_ambiguous: { when: 'A challenge without `method`, and several are possible.' },
  already_confirmed: { when: 'The confirmation was confirmed before.' },
  unavailable: {
    when: 'The confirmation was used, or its method or factor is no longer in force. A device that is switched off and is to be the primary one.',
  },
  device_exists: { when: 'A device with this uuid is registered for the subject.' },
  factor_exists: {
    when: 'The subject has this factor already; a passkey, which belongs to one subject, somebody has.',
  },
  idempotency_conflict: {
    when: 'The key came before with another input, or its first call is still running.',
  },
  transaction_required: {
    when: 'In process only: `consume` with a `tx` that is no open transaction.',
  },
  foreign_database: { when: 'In process only: `consume` with a `tx` in another database than ours.' },
  scope_too_wide: { when: 'A token narrowed to more than its parent allows.' },
  lifetime_too_long: { when: 'A token that would live longer than it may.' },
  delivery_failed: {
    when: 'The sender failed or took too long. The request exists; another challenge may be asked for at once.',
    beside: '`authorizationRequest`, beside `details`: the request as it is',
  },
  unavailable_dependency: {
    when: 'The database is away, overloaded, too slow or takes no writes. Whether a change was made is not known; repeating it with the same idempotency key tells.',
  },
  internal: {
    when: 'Anything that nobody foresaw.',
  },
};
