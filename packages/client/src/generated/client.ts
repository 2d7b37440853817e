// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

import type {
  AuthorizationRequest,
  AuthorizationRequestCancelInput,
  AuthorizationRequestChallengeInput,
  AuthorizationRequestCheckInput,
  AuthorizationRequestCheckOutput,
  AuthorizationRequestConsumeInput,
  AuthorizationRequestConsumeOutput,
  AuthorizationRequestCreateInput,
  AuthorizationRequestDenyInput,
  AuthorizationRequestGetInput,
  AuthorizationRequestGrantInput,
  AuthorizationRequestGrantOutput,
  AuthorizationRequestListInput,
  AuthorizationRequestListOutput,
  AuthorizationRequestResetInput,
  AuthorizationRequestResetOutput,
  AuthorizationRequestWatchEvent,
  AuthorizationRequestWatchInput,
  Challenge,
  Event,
  EventListInput,
  EventListOutput,
  EventStreamInput,
  MethodListInput,
  MethodListOutput,
  ScopedTokenIntrospectInput,
  ScopedTokenIntrospectOutput,
  ScopedTokenIssueInput,
  ScopedTokenIssueOutput,
  ScopedTokenListInput,
  ScopedTokenListOutput,
  ScopedTokenRevokeInput,
  ScopedTokenRevokeOutput,
  ServiceKey,
  ServiceKeyCreateInput,
  ServiceKeyCreateOutput,
  ServiceKeyListInput,
  ServiceKeyListOutput,
  ServiceKeyRevokeInput,
} from './schema.ts';

/** What every call takes beside its input. */
export interface CallOptions {
  /** Ends the wait. A mutation that has left may still take effect. */
  readonly signal?: AbortSignal | undefined;
}

/** `client.authorizationRequest` */
export interface AuthorizationRequestProcedures {
  /**
   * Asks for the authorization of one operation with these exact values. When exactly one method is
   * possible its challenge is issued at once and its message sent after the commit.
   *
   * `subjectId` is required from the service. A subject may create only what its operation declares
   * `clientCreatable`, for itself and in its session, and may say only `slug`, `data`, `methods`,
   * `factorIds`, `locale` and `idempotencyKey`; any other key is `forbidden`. `title`, `description` and
   * `facts` are for a slug that no operation defines; otherwise the operation makes them. `data` is at
   * most 16 KiB in canonical form, 16 levels deep.
   *
   * @throws CountersignError `invalid_input`, `forbidden`, `method_unavailable`, `rate_limited` (limits
   * of waiting requests and of messages), `delivery_failed` (the request exists and is on the error),
   * `idempotency_conflict`.
   */
  create(input: AuthorizationRequestCreateInput, options?: CallOptions): Promise<AuthorizationRequest>;

  /**
   * One request, as this actor may see it.
   *
   * @throws CountersignError `not_found` when it is unknown, another subject's, or bound to another
   * session.
   */
  get(input: AuthorizationRequestGetInput, options?: CallOptions): Promise<AuthorizationRequest>;

  /**
   * The requests that this actor may see, newest first, a page at a time: `nextCursor` of one page is
   * `cursor` of the next, and what is created in between moves nothing.
   *
   * @throws CountersignError `invalid_input` for a cursor that is none.
   */
  list(input?: AuthorizationRequestListInput, options?: CallOptions): Promise<AuthorizationRequestListOutput>;

  /**
   * Asks for a proof: the first one when several methods are possible, or one more message. The code
   * before stays valid beside the new one; attempts are shared and never refilled.
   *
   * @throws CountersignError `not_found`, `not_waiting`, `expired`, `method_ambiguous`,
   * `method_unavailable`, `rate_limited` (cool-down, sends), `delivery_failed`.
   */
  challenge(input: AuthorizationRequestChallengeInput, options?: CallOptions): Promise<Challenge>;

  /**
   * Is this proof right? Decides nothing. A wrong one costs an attempt; a right one costs none, and lets
   * the service that asked grant without the proof for a minute.
   *
   * @throws CountersignError `invalid_input` (wrong shape, costs nothing), `not_found`, `not_waiting`,
   * `expired`, `attempts_exhausted`, `subject_locked`, `factor_locked`, `method_unavailable`.
   */
  check(
    input: AuthorizationRequestCheckInput,
    options?: CallOptions,
  ): Promise<AuthorizationRequestCheckOutput>;

  /**
   * The person's proof grants the request: once, for this data, until `executeBefore`. Wrong is an
   * answer (`granted: false`) and costs an attempt. Without a proof only the service may grant, within a
   * minute of its own right `check`.
   *
   * The grant without `proof` is for the service alone.
   *
   * @throws CountersignError as `authorizationRequest.check`, and `proof_required`.
   */
  grant(
    input: AuthorizationRequestGrantInput,
    options?: CallOptions,
  ): Promise<AuthorizationRequestGrantOutput>;

  /**
   * The person says no. Needs no proof: refusing must always be possible. "This was not me" counts only
   * from the service or with a device's signature; without one it is recorded as declined. A proof that
   * comes along is checked for its shape only; one of a method that is no longer there does not stand in
   * the way.
   *
   * @throws CountersignError `not_found`, `not_waiting`, `expired`.
   */
  deny(input: AuthorizationRequestDenyInput, options?: CallOptions): Promise<AuthorizationRequest>;

  /**
   * Calls the operation off before a decision.
   *
   * @throws CountersignError `not_found`, `not_waiting`, `expired`; `forbidden` for a device.
   */
  cancel(input: AuthorizationRequestCancelInput, options?: CallOptions): Promise<AuthorizationRequest>;

  /**
   * A new code, the old ones void, a new expiry (never later than an hour after the creation). Counts as
   * a resend; attempts are kept; a decided or expired request is not revived.
   *
   * @throws CountersignError as `authorizationRequest.challenge`.
   */
  reset(
    input: AuthorizationRequestResetInput,
    options?: CallOptions,
  ): Promise<AuthorizationRequestResetOutput>;

  /**
   * Uses the grant: once, for exactly the data that was authorized. With `tx` it happens inside your own
   * transaction, so that your write and the consumption commit together or not at all; then no
   * idempotency key is needed, your transaction is one.
   *
   * Compared is what the operation's schema makes of the data, as it was when the request was made. So
   * execute that, not what came in: a schema that is not strict has dropped fields of it, and one that
   * trims has changed them.
   *
   * `tx` exists in process only: `cs.consume(input, { tx })`.
   *
   * @throws CountersignError in this order: `not_found`, `data_mismatch`, `not_granted`,
   * `already_consumed`, `execution_window_passed`; and `transaction_required`, `foreign_database` for a
   * `tx` that is none or elsewhere.
   */
  consume(
    input: AuthorizationRequestConsumeInput,
    options?: CallOptions,
  ): Promise<AuthorizationRequestConsumeOutput>;

  /**
   * One request as it is, and then what happens to it: first `authorization_request.snapshot` with
   * `data.request`, as `get` shows it; then its events by their sequence, as they are committed, without
   * waiting for other transactions. It ends after denied, cancelled, expired or consumed, at the end of
   * the execution window, five seconds after an expiry that nobody has written down, when its signal
   * aborts, or when core is closed.
   *
   * The snapshot contains the events up to its `sequence`. With `lastEventId` it still comes first, and
   * all events after that one follow, also those that it contains; going on from the snapshot's own id
   * gives the same events once more. So each event is told, whenever the reader was cut off.
   *
   * @throws CountersignError `not_found` as `authorizationRequest.get`; `invalid_input` for a
   * `lastEventId` that is none.
   */
  watch(
    input: AuthorizationRequestWatchInput,
    options?: CallOptions,
  ): AsyncIterable<AuthorizationRequestWatchEvent>;
}

/** `client.method` */
export interface MethodProcedures {
  /**
   * The ways of proving that this installation offers.
   *
   * `includeInactive` changes nothing yet.
   */
  list(input?: MethodListInput, options?: CallOptions): Promise<MethodListOutput>;
}

/** `client.event` */
export interface EventProcedures {
  /**
   * The log after a cursor, in commit order. `cursor` is where to go on: it moves past what did not
   * match, so an empty page with another cursor than the one given means "there may be more". Subjects
   * and devices see the events of what they may see, with public payloads.
   *
   * `from: 'now'` gives the cursor of the present end: a stream that begins there can be cut before its
   * first event and misses nothing (decision 0009).
   */
  list(input?: EventListInput, options?: CallOptions): Promise<EventListOutput>;

  /**
   * The log as it is written, for ever: what `event.list` shows this actor, in the same order, each
   * event once. It begins at the present end of the log, at its start, or after `lastEventId`, which an
   * event or a cursor of `event.list` gave; nothing that commits after the answer is missed. It ends
   * when its signal aborts or core is closed. Whoever was cut off goes on after the last event it has;
   * who must miss nothing before its first event begins at a cursor of `event.list`.
   *
   * @throws CountersignError `invalid_input` for a `lastEventId` that is none.
   */
  stream(input?: EventStreamInput, options?: CallOptions): AsyncIterable<Event>;
}

/** `client.scopedToken` */
export interface ScopedTokenProcedures {
  /**
   * Issues a token that acts for a subject, for this service, for a while. It is answered once and kept
   * nowhere: a repetition by the same idempotency key gets its id and `token: null`. What a subject
   * issues is the token it has presented, narrowed.
   *
   * A subject narrows the token it presents: the same id, a block more, never later and never wider.
   * `subjectId` is required from the service.
   *
   * @throws CountersignError `forbidden`, `invalid_input`, `lifetime_too_long` beyond 24 hours,
   * `scope_too_wide` for a grant of everything; for `authorizationRequestId` what `consume` refuses by;
   * `unavailable_dependency` when no key can be had. For a subject what `narrowPresentedToken` says.
   */
  issue(input: ScopedTokenIssueInput, options?: CallOptions): Promise<ScopedTokenIssueOutput>;

  /**
   * What a token says, if it is ours, in its time and not revoked: the database is asked each time. Why
   * it is not is not told. It has no effect, so an idempotency key changes nothing.
   *
   * @throws CountersignError `forbidden`; `unavailable_dependency` when nobody can say.
   */
  introspect(input: ScopedTokenIntrospectInput, options?: CallOptions): Promise<ScopedTokenIntrospectOutput>;

  /**
   * The tokens that were issued, newest first, fifty a page; those that have expired or were revoked
   * too. A subject sees its own, of every session; another's list is empty, as an unknown subject's is.
   *
   * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
   */
  list(input?: ScopedTokenListInput, options?: CallOptions): Promise<ScopedTokenListOutput>;

  /**
   * Ends tokens before their time: one, one delegate of it, all of a session, all that carry a request,
   * or all of a subject. In force here when it answers, on every other node within a second. What was
   * narrowed from a token ends with it. A subject ends its own: any of its tokens, its tokens of the
   * session it is in, or everything. A delegate, whose token was narrowed with a `delegateId`, ends what
   * it holds itself, and nothing else; a delegate's delegate ends nothing.
   *
   * Of one token 64 delegates are revoked one by one. The next one ends the token itself, with all of
   * them, and the answer says `tokenEnded`.
   *
   * @throws CountersignError `forbidden`, also for a delegate that asks for more than its own;
   * `not_found` for an id that is none, and for what is not the subject's own.
   */
  revoke(input: ScopedTokenRevokeInput, options?: CallOptions): Promise<ScopedTokenRevokeOutput>;
}

/** `client.serviceKey` */
export interface ServiceKeyProcedures {
  /**
   * Far more than an installation has services; keys that are created at the same moment may go a little
   * beyond.
   */
  create(input: ServiceKeyCreateInput, options?: CallOptions): Promise<ServiceKeyCreateOutput>;

  /**
   * The keys there are and were, newest first, fifty a page.
   *
   * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
   */
  list(input?: ServiceKeyListInput, options?: CallOptions): Promise<ServiceKeyListOutput>;

  /**
   * Ends a key for ever: refused here when it answers, on every other node within a second. One that was
   * revoked before stays as it was, and is answered as that.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none.
   */
  revoke(input: ServiceKeyRevokeInput, options?: CallOptions): Promise<ServiceKey>;
}

/** Every procedure, as a method. */
export interface CountersignProcedures {
  readonly authorizationRequest: AuthorizationRequestProcedures;
  readonly method: MethodProcedures;
  readonly event: EventProcedures;
  readonly scopedToken: ScopedTokenProcedures;
  readonly serviceKey: ServiceKeyProcedures;
}
