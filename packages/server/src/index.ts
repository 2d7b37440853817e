export { createCountersign, type ContextExtras, type Countersign } from './countersign.ts';
export type { CountersignOptions } from './options.ts';
export type { Demo, DemoDoor, DemoSurroundings, EventWords, OpenDemo } from './dev/demo.ts';
export type { ProcedureName } from './omit-procedures.ts';
export type { CountersignConfig } from './settings/config-file.ts';
export { SettingsError, type WrongSetting } from './settings/settings-error.ts';
export type { Caller } from './caller/caller.ts';
export type { AuthorizationOf, Guard, GuardedContext } from './guard/guard.ts';
export type { HttpActor } from './guard/http/actor.ts';
export type { AuthorizedCall, HandleGuarded } from './guard/http/handle.ts';
export type { GuardedHonoOptions, GuardHono } from './guard/http/hono.ts';
export type { HttpGuard } from './guard/http/http-guard.ts';
export type { HttpGuardedOptions } from './guard/http/options.ts';
export type { GuardedOptions } from './guard/options.ts';
export type { EntityManagerLike, OpenTransaction } from './guard/transaction.ts';
export type { GuardOptions, RestGuard } from './rest/guard.ts';
export type { HonoGuardOptions } from './rest/hono.ts';
export type { AuthorizedRequest, AuthorizingToken, PassedRequest, RequestAuth } from './rest/request-auth.ts';
export type { PublicUrl } from './dpop/public-url.ts';
export type { CallAuth, TokenAuth } from './scope/call-auth.ts';
export { UndeclaredProceduresError } from './scope/audit.ts';
export type {
  DjangoTokens,
  MetricsSettings,
  ScopedTokenSettings,
  TelemetryOptions,
  WebhookSettings,
} from './options.ts';
export type { CountersignContext } from './context.ts';
export type { AttachedWebSocket } from './websocket/attached.ts';
export type { GatedSocket } from './websocket/gate.ts';
export type { CountersignRouter } from './router.ts';
export type { CountersignErrorData, CountersignErrorShape } from './error/error-shape.ts';
export { codeOfReason } from './error/code-of-reason.ts';
export { natsBus } from './nats/bus.ts';
export type { NatsBusOptions, NatsTls } from './nats/options.ts';
export type { BusListener, BusMessage, EventBus } from '@countersign/core';
export type { SubscriberBatch, SubscriberHandler, SubscriberOptions } from './subscriber/options.ts';
export type { CountersignEvent, Listener, ListenerFilter } from './event/listeners.ts';
export * from './generated/index.ts';
export {
  CountersignError,
  dataHash,
  defineMethod,
  defineOperation,
  displayHash,
  type Actor,
  type Authorization,
  type AuthorizationRequestView,
  type Completed,
  type Enrolment,
  type EnrolmentHooks,
  type ErrorReason,
  type EventType,
  type EventView,
  type Identity,
  type Issued,
  type IssueInput,
  type KnownFactor,
  type Method,
  type MethodDefinition,
  type MethodView,
  type Operation,
  type OutgoingMessage,
  type ProvenRequest,
  type Reach,
  type Receipt,
  type Recipient,
  type Send,
  type Verdict,
  type VerifyInput,
} from '@countersign/core';
