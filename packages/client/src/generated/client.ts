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
  Confirmation,
  ConfirmationCheckInput,
  ConfirmationCheckOutput,
  ConfirmationConfirmInput,
  ConfirmationRequestInput,
  ConfirmationUseInput,
  ConfirmationUseOutput,
  Device,
  DeviceAuthenticateInput,
  DeviceAuthenticateOutput,
  DeviceListInput,
  DeviceListOutput,
  DeviceNonceInput,
  DeviceNonceOutput,
  DeviceRegisterInput,
  DeviceRegisterOutput,
  DeviceRevokeInput,
  DeviceSetPrimaryInput,
  Event,
  EventListInput,
  EventListOutput,
  EventStreamInput,
  Factor,
  FactorConfirmInput,
  FactorCreateInput,
  FactorCreateOutput,
  FactorListInput,
  FactorListOutput,
  FactorRemoveInput,
  FactorRemoveOutput,
  FactorUpdateInput,
  FactorUpdateOutput,
  Method,
  MethodConfigureInput,
  MethodListInput,
  MethodListOutput,
  MethodRemoveInput,
  MethodRemoveOutput,
  OperatorRemoveSubscriberInput,
  OperatorRemoveSubscriberOutput,
  OperatorReplaySubscriberInput,
  OperatorResumeSubscriberInput,
  OperatorSubscribersInput,
  OperatorSubscribersOutput,
  OperatorUnlockInput,
  OperatorUnlockOutput,
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
  Subscriber,
  WebhookCreateInput,
  WebhookCreateOutput,
  WebhookDeliveriesInput,
  WebhookDeliveriesOutput,
  WebhookEndpoint,
  WebhookListInput,
  WebhookListOutput,
  WebhookRemoveInput,
  WebhookRemoveOutput,
  WebhookReplayInput,
  WebhookReplayOutput,
  WebhookRotateSecretInput,
  WebhookRotateSecretOutput,
  WebhookTest,
  WebhookTestInput,
  WebhookUpdateInput,
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
   * Is this proof right? Decides nothing. A wrong one costs an attempt; a right one costs none, and for
   * a minute lets the service that asked grant without the proof, and who asked present it once more.
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
   * from the service or with a device's signature; without one it is recorded as declined. With one
   * nobody is prompted for twenty minutes, and the session that asked starts nothing. A proof of a
   * method that is no longer there does not stand in the way.
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
   * `includeInactive` is for operators.
   */
  list(input?: MethodListInput, options?: CallOptions): Promise<MethodListOutput>;

  /** Configures a method: its title, its settings, whether it is offered and whether it is the default. */
  configure(input: MethodConfigureInput, options?: CallOptions): Promise<Method>;

  /** Forgets what was configured of a method. */
  remove(input: MethodRemoveInput, options?: CallOptions): Promise<MethodRemoveOutput>;
}

/** `client.factor` */
export interface FactorProcedures {
  /**
   * What a subject can prove with, and what it has begun to enrol: the default one first, then the
   * newest. A subject sees its own; another's list is empty, as an unknown subject's is.
   *
   * `subjectId` is required from the service.
   *
   * @throws CountersignError `forbidden`; `invalid_input` when the service names no subject.
   */
  list(input?: FactorListInput, options?: CallOptions): Promise<FactorListOutput>;

  /**
   * Adds a way to prove. Where its method has something to confirm it by, it waits for its confirmation
   * and proves nothing before; `setup` is in this answer and nowhere else.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once. A first factor needs the service,
   * or a token by the service whose scope names `factor.create` itself. `subjectId` is required from the
   * service; `confirmed` is for the service alone.
   *
   * @throws CountersignError `invalid_input` (paths of the method's own configuration begin with
   * `config`), `method_unavailable`, `factor_exists`, `rate_limited` (too many factors, or messages),
   * `delivery_failed`, and those of every change of factors: `forbidden`, and from a subject
   * `authorization_required`, `method_unavailable`, `rate_limited`.
   */
  create(input: FactorCreateInput, options?: CallOptions): Promise<FactorCreateOutput>;

  /**
   * Gives the confirmation of an enrolment or of a change: what waited takes effect. A wrong answer is
   * an answer (look at `status`) and costs an attempt of the confirmation and of the subject's budget.
   *
   * @throws CountersignError `not_found`, `already_confirmed` (nothing waits), `method_unavailable`,
   * `invalid_input` (of the wrong shape: costs nothing), `factor_exists`, and what the confirmation
   * refuses by: `unavailable`, `expired`, `attempts_exhausted`, `subject_locked`, `factor_locked`.
   */
  confirm(input: FactorConfirmInput, options?: CallOptions): Promise<Factor>;

  /**
   * Changes a factor. A new configuration that is significant, as its method says, waits for its
   * confirmation, and the old one stays in force until then; an insignificant one, and everything else,
   * applies at once.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once.
   *
   * @throws CountersignError `not_found`, `invalid_input`, `method_unavailable`, `factor_exists`,
   * `rate_limited`, `delivery_failed`, and those of every change of factors: `forbidden`, and from a
   * subject `authorization_required`, `method_unavailable`, `rate_limited`.
   */
  update(input: FactorUpdateInput, options?: CallOptions): Promise<FactorUpdateOutput>;

  /**
   * Takes a factor away for ever. From its commit on nothing that it has approved is executed (I13),
   * nothing that waits for it can be proven by it, and what it has authorized comes into force no more.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once.
   *
   * @throws CountersignError `not_found`, `invalid_input` for a device, which is revoked; and those of
   * every change of factors: `forbidden`, and from a subject `authorization_required`,
   * `method_unavailable`, `rate_limited`.
   */
  remove(input: FactorRemoveInput, options?: CallOptions): Promise<FactorRemoveOutput>;
}

/** `client.confirmation` */
export interface ConfirmationProcedures {
  /**
   * Asks for a confirmation: that somebody proves something by this factor, or by this method alone. It
   * lasts ten minutes, allows five attempts, and serves once, for the purpose, subject, factor and data
   * that it was made for.
   *
   * Either `methodId` or `factorId`. Purposes that begin with `countersign.` are ours.
   *
   * @throws CountersignError `invalid_input`, `forbidden`, `not_found` (a factor that is not in force or
   * not the subject's), `method_unavailable`, `rate_limited` (messages and prompts), `delivery_failed`
   * (ask for a new one).
   */
  request(input: ConfirmationRequestInput, options?: CallOptions): Promise<Confirmation>;

  /**
   * The proof: right, and the confirmation is confirmed, to be used once. Wrong is an answer too (look
   * at `status`) and costs an attempt.
   *
   * A wrong proof is an answer too: look at `status`.
   *
   * @throws CountersignError `invalid_input` (wrong shape, costs nothing), `not_found` (unknown, or
   * another subject's), `already_confirmed`, `expired`, `attempts_exhausted`, `subject_locked`,
   * `factor_locked`, and `unavailable`: used, its method switched off, its factor no longer in force.
   */
  confirm(input: ConfirmationConfirmInput, options?: CallOptions): Promise<Confirmation>;

  /**
   * Could it be used now? Confirmed, not used, not expired, its factor confirmed and active, its method
   * active. Of an unknown, foreign or used one nothing is told: all three answer alike.
   */
  check(input: ConfirmationCheckInput, options?: CallOptions): Promise<ConfirmationCheckOutput>;

  /**
   * Uses a confirmation: once, for exactly the purpose, subject, factor and value that it was made for.
   * One that is left out equals only null. Anything else is `{ used: false }`, whatever the cause. With
   * `tx` it happens inside your own transaction, so that your write and the use commit together or not
   * at all.
   *
   * @throws CountersignError `forbidden`; `transaction_required`, `foreign_database` for a `tx` that is
   * none or elsewhere.
   */
  use(input: ConfirmationUseInput, options?: CallOptions): Promise<ConfirmationUseOutput>;
}

/** `client.device` */
export interface DeviceProcedures {
  /**
   * Registers a device: with its public key, or with a secret of ours, which is in this answer and
   * nowhere else. It can prove from then on. A device that was revoked, or switched off, is registered
   * anew under the same name: another factor with another key or secret, and nothing of the old one
   * works any more.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once. A first factor needs the service,
   * or a token by the service whose scope names `device.register` itself. `subjectId` is required from
   * the service. Without `publicKey` the answer has a secret.
   *
   * @throws CountersignError `device_exists`; `method_unavailable` where devices are not offered;
   * `invalid_input` for a key that is none; `rate_limited` for too many factors; and those of every
   * change of factors: `forbidden`, and from a subject `authorization_required`, `method_unavailable`,
   * `rate_limited`.
   */
  register(input: DeviceRegisterInput, options?: CallOptions): Promise<DeviceRegisterOutput>;

  /**
   * What a device must sign to say who it is. Anybody gets one, for any name: the answer does not depend
   * on whether there is such a device, and nothing is written. Another one each time, so an idempotency
   * key changes nothing.
   *
   * It needs no credential, and one that comes along is not looked at. So a `context` is `forbidden`
   * here.
   *
   * @throws CountersignError `invalid_input`; `forbidden` for a context that is not the service's.
   */
  nonce(input: DeviceNonceInput, options?: CallOptions): Promise<DeviceNonceOutput>;

  /**
   * A device says who it is, by its secret or by a signature over a nonce of ours, and gets its token:
   * for an hour, for what a device may do (the preset `device`), until the device is revoked. Anybody
   * may try; an unknown device is refused as one that is wrong, after the same work.
   *
   * It needs no credential, and one that comes along is not looked at. So a `context` is `forbidden`
   * here.
   *
   * @throws CountersignError `unauthenticated` for whatever is not right; `invalid_input`;
   * `unavailable_dependency` when no key for tokens can be had.
   */
  authenticate(input: DeviceAuthenticateInput, options?: CallOptions): Promise<DeviceAuthenticateOutput>;

  /**
   * A subject's devices, the primary one first, then the newest. A subject and its devices see its own;
   * another's list is empty, as an unknown subject's is.
   *
   * `subjectId` is required from the service.
   *
   * @throws CountersignError `forbidden`; `invalid_input` when the service names no subject.
   */
  list(input?: DeviceListInput, options?: CallOptions): Promise<DeviceListOutput>;

  /**
   * Makes a device the one that is prompted first; exactly one of a subject is. One that is it already
   * stays it.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once.
   *
   * @throws CountersignError `not_found`; `unavailable` for a device that is switched off; and those of
   * every change of factors: `forbidden`, and from a subject `authorization_required`,
   * `method_unavailable`, `rate_limited`.
   */
  setPrimary(input: DeviceSetPrimaryInput, options?: CallOptions): Promise<Device>;

  /**
   * Revokes a device for ever. Its tokens, its secret or key, and what it has approved and nobody has
   * executed end in the same commit: here they are refused when it answers, on every other node within a
   * second. Another device takes its place, the one that was used last.
   *
   * A subject’s own call is refused with `authorization_required`, and the request to be granted, until
   * it is granted in the same session; then the same call works, once.
   *
   * @throws CountersignError `not_found`, and those of every change of factors: `forbidden`, and from a
   * subject `authorization_required`, `method_unavailable`, `rate_limited`.
   */
  revoke(input: DeviceRevokeInput, options?: CallOptions): Promise<Device>;
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
   *
   * Without a cursor it begins at the oldest event that is kept.
   *
   * @throws CountersignError `invalid_input` for a cursor that is none, and, with the issue
   * `cursor_out_of_retention` or `cursor_ahead_of_log`, for one from which the log cannot be read any
   * more.
   */
  list(input?: EventListInput, options?: CallOptions): Promise<EventListOutput>;

  /**
   * The log as it is written, for ever: what `event.list` shows this actor, in the same order, each
   * event once. It begins at the present end of the log, at its start, or after `lastEventId`, which an
   * event or a cursor of `event.list` gave; nothing that commits after the answer is missed. It ends
   * when its signal aborts or core is closed. Whoever was cut off goes on after the last event it has;
   * who must miss nothing before its first event begins at a cursor of `event.list`.
   *
   * @throws CountersignError `invalid_input` for a `lastEventId` that is none; the stream itself throws
   * it with the issue `cursor_out_of_retention` or `cursor_ahead_of_log` for one from which the log
   * cannot be read any more.
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

/** `client.operator` */
export interface OperatorProcedures {
  /**
   * Forgets the wrong proofs that lock a subject, or those of one factor or method. Whoever calls this
   * has made sure by other means who the person is: for a day's attacker it is worth twenty more
   * guesses. Attempts of requests stay spent.
   *
   * @throws CountersignError `forbidden` for subjects and devices; `not_found` for a factor that is none
   * of the subject's.
   */
  unlock(input: OperatorUnlockInput, options?: CallOptions): Promise<OperatorUnlockOutput>;

  /** The durable subscribers: where each stands in the log, and what holds it up. */
  subscribers(input: OperatorSubscribersInput, options?: CallOptions): Promise<OperatorSubscribersOutput>;

  /** Lets a parked subscriber try again, or pass over the event that failed. */
  resumeSubscriber(input: OperatorResumeSubscriberInput, options?: CallOptions): Promise<Subscriber>;

  /** Moves a subscriber back in the log, or forward. */
  replaySubscriber(input: OperatorReplaySubscriberInput, options?: CallOptions): Promise<Subscriber>;

  /** Forgets a subscriber that no program has any more. */
  removeSubscriber(
    input: OperatorRemoveSubscriberInput,
    options?: CallOptions,
  ): Promise<OperatorRemoveSubscriberOutput>;
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

/** `client.webhook` */
export interface WebhookProcedures {
  /**
   * Begins to send events to an address: those that happen from now on. Its secret is answered once and
   * kept sealed: a repetition by the same idempotency key gets `secret: null`; who has lost it rotates
   * it.
   *
   * @throws CountersignError `forbidden` for all but an operator, `invalid_input`.
   */
  create(input: WebhookCreateInput, options?: CallOptions): Promise<WebhookCreateOutput>;

  /**
   * All endpoints, newest first. There are never more than a page of them.
   *
   * @throws CountersignError `forbidden`.
   */
  list(input?: WebhookListInput, options?: CallOptions): Promise<WebhookListOutput>;

  /**
   * Changes an endpoint; what is not given stays. A filter counts for what happens from now on, an
   * address for every try from now on. Switched off, what is owed is cancelled; switched on again, it
   * gets what happens from then on.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none; `invalid_input`.
   */
  update(input: WebhookUpdateInput, options?: CallOptions): Promise<WebhookEndpoint>;

  /**
   * Takes an endpoint away, with its secrets. What is owed to it is cancelled; what was sent stays in
   * the list of deliveries for as long as deliveries are kept.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none.
   */
  remove(input: WebhookRemoveInput, options?: CallOptions): Promise<WebhookRemoveOutput>;

  /**
   * Gives an endpoint another secret. The one that it had signs as well, for a day or as long as is
   * said, so that its receiver can be given the new one meanwhile; the one before that is over at once.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none.
   */
  rotateSecret(input: WebhookRotateSecretInput, options?: CallOptions): Promise<WebhookRotateSecretOutput>;

  /**
   * Sends one message of the type `webhook.test`, signed like any other, to this endpoint alone, once;
   * the answer is what came of it. It is no event: it stands in no log and reaches nobody else. An
   * endpoint that is switched off can be tested.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none; `unavailable` where
   * nothing is sent.
   */
  test(input: WebhookTestInput, options?: CallOptions): Promise<WebhookTest>;

  /**
   * What was sent and what is owed, newest first. An endpoint that nobody knows has none.
   *
   * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
   */
  deliveries(input?: WebhookDeliveriesInput, options?: CallOptions): Promise<WebhookDeliveriesOutput>;

  /**
   * Sends once more: one delivery, or what the log holds for an endpoint from a place or a moment on, a
   * part at a time. These are deliveries of their own under the `webhook-id` of the first one, so that a
   * receiver knows what it has.
   *
   * @throws CountersignError `forbidden`; `not_found` for an id that is none, and for a delivery to an
   * endpoint that was removed; `unavailable` for an endpoint that is switched off; `invalid_input`, also
   * for what the log does not keep any more.
   */
  replay(input: WebhookReplayInput, options?: CallOptions): Promise<WebhookReplayOutput>;
}

/** Every procedure, as a method. */
export interface CountersignProcedures {
  readonly authorizationRequest: AuthorizationRequestProcedures;
  readonly method: MethodProcedures;
  readonly factor: FactorProcedures;
  readonly confirmation: ConfirmationProcedures;
  readonly device: DeviceProcedures;
  readonly event: EventProcedures;
  readonly scopedToken: ScopedTokenProcedures;
  readonly operator: OperatorProcedures;
  readonly serviceKey: ServiceKeyProcedures;
  readonly webhook: WebhookProcedures;
}
