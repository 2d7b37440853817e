export { openCore, type Core, type CoreOptions, type ScopedTokenOptions } from './core.ts';
export type { CoreContext, PresentedToken } from './context.ts';
export { actorKey, type Actor } from './actor.ts';
export { CountersignError, errorReasons, errorSentences, type ErrorReason } from './error.ts';
export { errorDetails } from './error-details.ts';
export { formatId } from './id.ts';
export type { Clock, Ids, Logger, OutgoingMessage, Randomness, Send } from './ports.ts';
export { silentLogger, systemClock, systemRandomness } from './runtime.ts';
export {
  defineOperation,
  type DisplayOptions,
  type Operation,
  type OperationOptions,
  type When,
} from './operation/define.ts';
export type { Authorization, GuardedCall } from './guard/guard.ts';
export { dataHash } from './operation/canonical.ts';
export { displayHash, type Display, type Fact } from './operation/display.ts';
export { bindings, type Binding } from './binding.ts';
export { defaultLimits, limitBounds, type Limits } from './limits.ts';
export {
  defaultRetention,
  retentionProblems,
  type GivenRetention,
  type Retention,
} from './maintenance/retention.ts';
export { createMethodRegistry, type MethodRegistry } from './method/registry.ts';
export * as methodSchema from './method-configuration/schema.ts';
export type { MethodView } from './method-configuration/schema.ts';
export {
  defineMethod,
  type Completed,
  type Enrolment,
  type EnrolmentHooks,
  type Identity,
  type Issued,
  type IssueInput,
  type KnownFactor,
  type Method,
  type MethodDefinition,
  type ProvenRequest,
  type Reach,
  type Recipient,
  type Verdict,
  type VerifyInput,
} from './method/define.ts';
export * from './method/methods/index.ts';
export * as builtInMethods from './method/methods/index.ts';
export * as authorizationRequestSchema from './authorization-request/schema.ts';
export type {
  AuthorizationRequestView,
  Receipt,
  RequestSnapshot,
  WatchEvent,
} from './authorization-request/schema.ts';
export * as factorSchema from './factor-management/schema.ts';
export * as deviceSchema from './factor-management/device/schema.ts';
export type { DeviceView, FactorView } from './factor/schema.ts';
export * as confirmationSchema from './confirmation/schema.ts';
export type { ConfirmationView } from './confirmation/schema.ts';
export type { Confirmations } from './confirmation/confirmations.ts';
export { uuidOfTokenId } from './scoped-token/token-id.ts';
export * as scopedTokenSchema from './scoped-token/schema.ts';
export type { ScopedTokenView } from './scoped-token/schema.ts';
export { actorOfToken } from './scoped-token/actor-of-token.ts';
export type { AcceptedToken, KnownToken } from './scoped-token/cst1/accepted-token.ts';
export type { PaidCall } from './scoped-token/pay.ts';
export type { TokenRejection } from './scoped-token/reject.ts';
export type {
  RefusedTokenVerdict,
  RevocationStanding,
  TokenCarrier,
  TokenVerdict,
  TokenVerifier,
  VerificationRefusal,
  VerifyOptions,
  WhenRevocationsAreStale,
} from './scoped-token/verifier.ts';
export type { SuppliedTokenKey, TokenKeyService, TokenKeyState } from './scoped-token/key/source.ts';
export type { TokenKeyView } from './scoped-token/key/list.ts';
export type { KeyRotation } from './scoped-token/rotate-keys.ts';
export * as operatorSchema from './subject/schema.ts';
export * as subscriberSchema from './subscriber/schema.ts';
export type { SubscriberView } from './subscriber/schema.ts';
export type { Batch, OpenBatch, Subscription } from './event/subscriber/subscription.ts';
export type { RunningSubscriber } from './event/subscriber/start.ts';
export * as webhookSchema from './webhook/schema.ts';
export type {
  DeliveryView as WebhookDeliveryView,
  EndpointView as WebhookEndpointView,
} from './webhook/schema.ts';
export { messageBody as webhookBody } from './webhook/owe.ts';
export type { WebhookOptions } from './webhook/settings.ts';
export {
  webhookFailures,
  type WebhookFailure,
  type WebhookOutcome,
  type WebhookSend,
  type WebhookTransport,
} from './webhook/transport.ts';
export * as serviceKeySchema from './service-key/schema.ts';
export type { ServiceKeyView } from './service-key/schema.ts';
export type { Figures, SubscriberFigures, WebhookFigures } from './figures.ts';
export type { Hearing } from './event/hearing.ts';
export type { Diagnosis, Sealed } from './diagnosis/diagnose.ts';
export {
  coreMeasures,
  declared,
  declaredName,
  silentSpan,
  silentTelemetry,
  spanNames,
  type Catalog,
  type CoreMeasures,
  type Declared,
  type LabelsOf,
  type Measure,
  type MeasureName,
  type Span,
  type SpanAttributes,
  type SpanName,
  type Telemetry,
} from './telemetry.ts';
export { challengeView, type ChallengeView } from './challenge/schema.ts';
export {
  eventCatalog,
  eventTypes,
  eventView,
  type EventData,
  type EventType,
  type EventView,
} from './event/catalog.ts';
export type { BusListener, BusMessage, EventBus } from './event/bus.ts';
export { eventListInput, eventListOutput, eventStreamInput, type EventStreamInput } from './event/schema.ts';
export type { StreamOptions } from './event/stream.ts';
export { fullViewOf } from './event/row.ts';
export type { EventRow } from './event/row.ts';
export type { DatabaseOptions } from './database/orm.ts';
export type { PgClient, TransactionHandle } from './database/transaction.ts';
export type { Secret } from './keys.ts';
