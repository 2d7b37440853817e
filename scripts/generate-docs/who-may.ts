import type { Actor } from '../../packages/core/src/actor.ts';
import * as request from '../../packages/core/src/authorization-request/index.ts';
import type { Watches } from '../../packages/core/src/authorization-request/watches.ts';
import type { CoreContext } from '../../packages/core/src/context.ts';
import { CountersignError } from '../../packages/core/src/error.ts';
import { watchAuthorizationRequest } from '../../packages/core/src/authorization-request/watch.ts';
import { confirmationsBy } from '../../packages/core/src/confirmation/confirmations.ts';
import { listEvents } from '../../packages/core/src/event/list.ts';
import type { LogReader } from '../../packages/core/src/event/log-reader.ts';
import { streamEvents } from '../../packages/core/src/event/stream.ts';
import {
  authenticateDevice,
  type DeviceTrust,
} from '../../packages/core/src/factor-management/device/authenticate.ts';
import * as devices from '../../packages/core/src/factor-management/device/index.ts';
import { registerDevice } from '../../packages/core/src/factor-management/device/register.ts';
import { revokeDevice } from '../../packages/core/src/factor-management/device/revoke.ts';
import * as factors from '../../packages/core/src/factor-management/index.ts';
import { configureMethod } from '../../packages/core/src/method-configuration/configure.ts';
import { listMethods } from '../../packages/core/src/method-configuration/list.ts';
import { removeMethod } from '../../packages/core/src/method-configuration/remove.ts';
import { introspectScopedToken } from '../../packages/core/src/scoped-token/introspect.ts';
import { issueScopedToken } from '../../packages/core/src/scoped-token/issue.ts';
import { listScopedTokens } from '../../packages/core/src/scoped-token/list.ts';
import { revokeScopedTokens } from '../../packages/core/src/scoped-token/revoke.ts';
import type { TokenTrust } from '../../packages/core/src/scoped-token/trust.ts';
import { createServiceKey } from '../../packages/core/src/service-key/create.ts';
import { listServiceKeys } from '../../packages/core/src/service-key/list.ts';
import { revokeServiceKey } from '../../packages/core/src/service-key/revoke.ts';
import type { ServiceKeyTrust } from '../../packages/core/src/service-key/trust.ts';
import { unlock } from '../../packages/core/src/subject/unlock.ts';
import { createWebhook } from '../../packages/core/src/webhook/create.ts';
import * as subscriber from '../../packages/core/src/subscriber/index.ts';
import { silentTelemetry } from '../../packages/core/src/telemetry.ts';
import * as webhook from '../../packages/core/src/webhook/index.ts';
import type { WebhookOptions } from '../../packages/core/src/webhook/settings.ts';
import { testWebhook } from '../../packages/core/src/webhook/test.ts';
import { updateWebhook } from '../../packages/core/src/webhook/update.ts';
import { knownCaller, nobody, type Caller } from '../../packages/server/src/caller/caller.ts';
import type { CredentialGate } from '../../packages/server/src/caller/credential-gate.ts';
import type { CountersignContext } from '../../packages/server/src/context.ts';
import { router } from '../../packages/server/src/router.ts';
import type { ServerTelemetry } from '../../packages/server/src/telemetry/telemetry.ts';
import { createPlaces } from '../../packages/server/src/stream/places.ts';

type Core = CountersignContext['countersign']['core'];

/** What each kind of actor may reach: the service everything, the others what is theirs. */
const actors = {
  service: { kind: 'service' },
  subject: { kind: 'subject', subjectId: 'ada', sessionId: 'session-1' },
  device: { kind: 'device', subjectId: 'ada', factorId: 'factor-1' },
  operator: { kind: 'operator' },
} as const satisfies Record<Actor['kind'], Actor>;

export const actorKinds = Object.keys(actors) as Actor['kind'][];

/** Whether it may be called without any credential. */
export async function mayAnyone(path: string, input: unknown): Promise<boolean> {
  return await isLetIn(nobody, path, input);
}

/**
 * Whether core lets this kind of actor do this: it is called, with an accepted input, up to where it would
 * look at anything but the actor. `forbidden` there is a rule about the kind of actor; getting further is
 * permission. So the table cannot say other than the code does.
 */
export async function may(kind: Actor['kind'], path: string, input: unknown): Promise<boolean> {
  return await isLetIn(knownCaller(unreachable, actors[kind]), path, input);
}

async function isLetIn(by: Caller, path: string, input: unknown): Promise<boolean> {
  const [group = '', verb = ''] = path.split('.');
  const caller = router.createCaller({
    countersign: {
      core: unreachable,
      caller: by,
      credentials: nothing<CredentialGate>('credentials'),
      logger: silent,
      telemetry: { ...silentTelemetry, change() {} } as ServerTelemetry,
      request: null,
      connection: null,
      streams: { ofSubject: createPlaces(1), ofConnection: createPlaces(1) },
    },
  }) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  try {
    await caller[group]?.[verb]?.(input);
    return true;
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof CountersignError && refusesTheActor.has(cause.reason)) return false;
    if (reachedBy(cause)) return true;
    throw new Error(
      `${path} by ${by.kind === 'known' ? by.actor.kind : by.kind}: the example was refused for another reason`,
      { cause: error },
    );
  }
}

const refusesTheActor: ReadonlySet<string> = new Set(['forbidden', 'unauthenticated']);

class Reached extends Error {
  override readonly name = 'Reached';
}

function reachedBy(error: unknown): boolean {
  return error instanceof Reached || (error instanceof Error && reachedBy(error.cause));
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Whatever is asked, and browsers may ask for it. */
const operation = {
  slug: 'transfer',
  session: 'any',
  clientCreatable: true,
  data: { safeParseAsync: async (data: unknown) => Promise.resolve({ success: true, data }) },
};

/** Whoever asks it for anything has been let in. */
function nothing<Shared extends object>(name: string): Shared {
  return new Proxy({} as Shared, {
    get() {
      throw new Reached(name);
    },
  });
}

const trust = nothing<TokenTrust>('the keys of tokens');
const keys = nothing<ServiceKeyTrust>('the service keys');
const webhooks = nothing<WebhookOptions>('how webhooks are sent');

/** Knows the actor and the operations; whoever asks it for more has been let in. */
const unreachable = {
  context: (actor: Actor) =>
    new Proxy<Record<string | symbol, unknown>>(
      {
        actor,
        // A subject that has a token to narrow.
        presented: actor.kind === 'subject' ? nothing('the token') : undefined,
        operations: { get: () => operation },
        logger: silent,
        db: nothing('the database'),
      },
      {
        get(known, name) {
          // To await it is to ask whether it has a `then`.
          if (name in known || name === 'then') return known[name];
          throw new Reached(String(name));
        },
      },
    ),
  authorizationRequest: {
    ...request,
    watch: (context: CoreContext, input: { id: string }) =>
      watchAuthorizationRequest(context, nothing<Watches>('watches'), input),
  },
  method: { list: listMethods, configure: configureMethod, remove: removeMethod },
  factors,
  devices: {
    ...devices,
    register: (context: CoreContext, input: never) => registerDevice(context, trust, input),
    authenticate: (context: CoreContext, input: never) =>
      authenticateDevice(context, nothing<DeviceTrust>('the keys of tokens'), input),
    revoke: (context: CoreContext, input: never) => revokeDevice(context, trust, input),
  },
  confirmations: () => confirmationsBy(undefined),
  operator: { unlock },
  subscriber,
  event: {
    list: listEvents,
    stream: (context: CoreContext, input: object) =>
      streamEvents(context, nothing<LogReader>('the log'), input),
  },
  scopedToken: {
    issue: (context: CoreContext, input: never) => issueScopedToken(context, trust, input),
    introspect: (context: CoreContext, input: never) => introspectScopedToken(context, trust, input),
    list: listScopedTokens,
    revoke: (context: CoreContext, input: never) => revokeScopedTokens(context, trust, input),
  },
  serviceKey: {
    create: (context: CoreContext, input: never) => createServiceKey(context, keys, input),
    list: listServiceKeys,
    revoke: (context: CoreContext, input: never) => revokeServiceKey(context, keys, input),
  },
  webhook: {
    ...webhook,
    create: (context: CoreContext, input: never) => createWebhook(context, webhooks, input),
    update: (context: CoreContext, input: never) => updateWebhook(context, webhooks, input),
    test: (context: CoreContext, input: never) => testWebhook(context, webhooks, input),
  },
} as unknown as Core;
