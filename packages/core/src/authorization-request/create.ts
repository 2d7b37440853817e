import { issueChallenge, type ChallengeOverrides, type IssuedChallenge } from '../challenge/issue.ts';
import { noChallenge } from '../challenge/insert.ts';
import { digitsFor, withoutDigits } from '../challenge/view.ts';
import { promptParametersOf } from '../challenge/prompt-limit.ts';
import { refusalOf, sendParametersOf } from '../challenge/send-limit.ts';
import type { CoreContext } from '../context.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { requestDefaults } from '../limits.ts';
import { hashDisplay } from '../operation/display.ts';
import type { Operation } from '../operation/define.ts';
import type { Binding } from '../binding.ts';
import { parseInput } from '../parse.ts';
import { declaredMethod, methodAsked } from '../telemetry.ts';
import type { Transition } from '../transition.ts';
import { admitCreation, type Creation } from './admit-creation.ts';
import { deliverChallenge, repeatFailedDelivery } from './deliver-challenge.ts';
import { displayOf } from './display.ts';
import { insertedRow } from './inserted-row.ts';
import { operationData, type OperationData } from './operation-data.ts';
import { possibleWays } from './possible-methods.ts';
import { requestPurpose } from './purpose.ts';
import { createInput, type AuthorizationRequestView, type CreateInput } from './schema.ts';
import { insertRequest } from './statement/insert.ts';
import { viewOf } from './view.ts';

export type CreateOverrides = ChallengeOverrides;

/**
 * Asks for the authorization of one operation with these exact values. When exactly one method is possible
 * its challenge is issued at once and its message sent after the commit.
 *
 * @param overrides a generator of codes and a sender for this request alone; in process only.
 * @throws CountersignError `invalid_input`, `forbidden`, `method_unavailable`, `rate_limited` (limits of
 * waiting requests and of messages), `delivery_failed` (the request exists and is on the error),
 * `idempotency_conflict`.
 */
export async function createAuthorizationRequest(
  context: CoreContext,
  input: CreateInput,
  overrides: CreateOverrides = {},
): Promise<AuthorizationRequestView> {
  const parsed = parseInput(createInput, input);
  const operation = context.operations.get(parsed.slug);
  return await createAdmitted(context, operation, admitCreation(context.actor, operation, parsed), overrides);
}

/** What core asks for by itself, in the name of the subject that wants to act. */
export interface InternalRequest {
  readonly operation: Operation;
  /** As it was hashed when the subject was refused: reading it once more could make something else of it. */
  readonly data: OperationData;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly requiredBinding: Binding;
  /** UUIDs of the only factors that may answer, and nothing that a host says of the subject does; null: any. */
  readonly factorIds: readonly string[] | null;
  readonly locale?: string | undefined;
  readonly passedAlong: unknown;
}

/**
 * A request that core makes itself: for a call that it has refused (guard/), or for an operation of its own
 * (factor-management/), whose slug begins with `countersign.`, which nobody else's may. It is admitted by who makes it.
 */
export async function createInternalRequest(
  context: CoreContext,
  asked: InternalRequest,
): Promise<AuthorizationRequestView> {
  const { operation, data, subjectId, sessionId, requiredBinding, factorIds, locale, passedAlong } = asked;
  const input = {
    slug: operation.slug,
    data: data.value,
    ...(locale !== undefined && { locale }),
    ...(passedAlong !== undefined && { context: passedAlong }),
  };
  const creation = { input, data, subjectId, sessionId, deliverTo: null, factorIds, requiredBinding };
  return await createAdmitted(context, operation, creation, {});
}

async function createAdmitted(
  context: CoreContext,
  operation: Operation | undefined,
  creation: Creation,
  overrides: CreateOverrides,
): Promise<AuthorizationRequestView> {
  const id = context.ids.uuid();
  return await once(context, 'authorizationRequest.create', creation.input, {
    step: { name: 'ask', request: id },
    prepare: (asking) => prepare(asking, id, operation, creation, overrides),
    write: async (writing, prepared) => {
      const { parameters, row, delivery } =
        prepared ?? (await prepare(writing, id, operation, creation, overrides));
      const inserted = await writing.db.query(insertRequest, parameters).catch((error: unknown) => {
        throw refusalOf(error);
      });
      if (inserted.length !== 1) throw new Error('the insert took no row');
      const view = viewOf(row, parameters.now, digitsFor(writing));
      return {
        answer: view,
        repeated: { ...view, challenge: withoutDigits(view.challenge) },
        afterCommit: delivery && (() => deliverChallenge(context, row, view, delivery)),
        transitions: transitionsOf(context, view),
      };
    },
    replayed: (answer) => repeatFailedDelivery(context, answer),
  });
}

/** Created, and challenged by the same statement where one method is possible. */
function transitionsOf(context: CoreContext, view: AuthorizationRequestView): Transition[] {
  const { slug, challenge } = view;
  const challenged = challenge && {
    outcome: 'challenged' as const,
    slug,
    method: declaredMethod(context, challenge.method),
  };
  const created = { outcome: 'created' as const, slug, method: methodAsked(context, view) };
  return challenged ? [challenged, created] : [created];
}

/** Everything about the request that is known before the database is asked. */
async function prepare(
  context: CoreContext,
  id: string,
  operation: Operation | undefined,
  creation: Creation,
  overrides: CreateOverrides,
) {
  const { input, subjectId, sessionId, deliverTo, factorIds } = creation;
  const data = creation.data ?? (await operationData(operation, input.slug, input.data));
  const display = displayOf(operation, data.value, input);
  const displayHash = hashDisplay(display);
  const requiredBinding = creation.requiredBinding ?? operation?.binding ?? 'none';
  const possible = await possibleWays(context, {
    subjectId,
    listed: operation?.methods,
    asked: input.methods,
    factorIds,
    binding: requiredBinding,
    deliverTo,
    passedAlong: input.context,
  });
  const now = context.clock.now();
  const expiresInSeconds =
    input.expiresInSeconds ?? operation?.expiresInSeconds ?? requestDefaults.expiresInSeconds;
  const expiresAt = new Date(now.getTime() + expiresInSeconds * 1000);
  const [only] = possible;
  const issued =
    only && possible.length === 1
      ? await issueChallenge(context, {
          way: only,
          purpose: requestPurpose,
          aboutId: id,
          dataHash: data.hash,
          request: {
            ...display,
            kind: 'authorization_request',
            id: formatId('authorizationRequest', id),
            slug: input.slug,
            subjectId,
            sessionId,
            dataHash: data.hash.toString('base64url'),
            displayHash: displayHash.toString('base64url'),
            locale: input.locale,
            deliverTo,
          },
          expiresAt,
          now,
          passedAlong: input.context,
          overrides,
        })
      : null;
  const methods = possible.map(({ method }) => method.key);
  const sendsLeft = context.limits.resendsPerRequestMax + (issued?.recipient ? 0 : 1);
  const parameters = {
    ...eventParametersOf(context, now, input.context),
    ...sendParametersOf(context.limits, now, issued?.recipient ?? null),
    ...promptParametersOf(context.limits, now, issued),
    ...(issued?.parameters ?? noChallenge),
    id,
    slug: input.slug,
    subjectId,
    sessionId,
    title: display.title,
    description: display.description,
    facts: JSON.stringify(display.facts),
    data: data.canonical,
    dataHash: data.hash,
    displayHash,
    relatedObjects: JSON.stringify(input.relatedObjects ?? []),
    methods,
    factorIds,
    challengesLeft: context.limits.challengesPerRequestMax - (issued ? 1 : 0),
    requiredBinding,
    deliverTo: deliverTo && JSON.stringify(deliverTo),
    locale: input.locale ?? null,
    attemptsMax: operation?.attemptsMax ?? requestDefaults.attemptsMax,
    sendsLeft,
    resendAfter: resendAfter(context, issued, now),
    executeWithinSeconds:
      input.executeWithinSeconds ?? operation?.executeWithinSeconds ?? requestDefaults.executeWithinSeconds,
    expiresAt,
    waitingMax: context.limits.waitingPerSubjectMax,
    afterDenySeconds: context.limits.afterDenySeconds,
    deniedSince: oldestThatCanBeDenied(now, context.limits.afterDenySeconds),
    createdEventId: context.ids.uuid(),
    challengedEventId: context.ids.uuid(),
    createdData: eventData('authorization_request.created', {
      title: display.title,
      methods,
      requiredBinding,
      expiresAt: expiresAt.toISOString(),
      by: context.actor.kind,
      dataHash: data.hash.toString('base64url'),
      displayHash: displayHash.toString('base64url'),
    }),
    challengedData: issued && eventData('authorization_request.challenged', { ...issued.event, sendsLeft }),
  };
  const row = insertedRow(parameters, display, requiredBinding, deliverTo);
  return { parameters, row, delivery: issued?.delivery ?? null };
}

/** When a further message may be asked for; null for methods that send nothing. */
export function resendAfter(context: CoreContext, issued: IssuedChallenge | null, now: Date): Date | null {
  return issued?.delivery ? new Date(now.getTime() + context.limits.resendCoolDownSeconds * 1000) : null;
}

/** A request lives at most an hour, so one denied in the last minute was created in the last 61. */
function oldestThatCanBeDenied(now: Date, afterDenySeconds: number): string {
  const oldest = now.getTime() - (requestDefaults.expiresInSecondsMax + afterDenySeconds) * 1000;
  const hex = Math.max(oldest, 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
