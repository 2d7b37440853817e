export { createCountersignClient } from './client.ts';
export type { AuthorizationRequests, CountersignClient, EventPage, Events } from './countersign-client.ts';
export type { BoundKey, ClientOptions, FetchFunction, Token, TokenSource } from './options.ts';
export type { AuthorizationRequestHandle } from './authorization-request/handle.ts';
export type { Pages } from './pages.ts';
export type { Transformer, TransformerOption } from './transformer.ts';
export type { BackoffLimits } from './backoff.ts';
export type { ConnectionState } from './stream/gate.ts';
export type { Timing } from './stream/timing.ts';
export {
  CountersignError,
  isCountersignError,
  reasonOf,
  type DetailsOf,
  type FailureReason,
} from './error.ts';
export {
  AuthorizationCancelled,
  AuthorizationDenied,
  AuthorizationExpired,
  AuthorizationNotGranted,
} from './decision.ts';
export { createAuthorizer, type Authorizer } from './authorization/authorizer.ts';
export { authorizationLink } from './authorization/link.ts';
export { authorizationFetch, type AuthorizationFetchOptions } from './authorization/fetch.ts';
export type { AuthorizerOptions } from './authorization/run.ts';
export type { OnChallenge, PendingAuthorization } from './authorization/pending.ts';
export { attenuate } from './scoped-token/attenuate.ts';
export type { Block } from './generated/scoped-token/cst1/claims.ts';
export type { Scope } from './generated/scoped-token/scope/scope.ts';
export type * from './generated/index.ts';
