import type { Delivery } from '../challenge/deliver.ts';
import { issueChallenge, type ChallengeOverrides } from '../challenge/issue.ts';
import { sendParametersOf } from '../challenge/send-limit.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { requireMethod } from '../method/registry.ts';
import type { Method } from '../method/define.ts';
import { resendAfter } from './create.ts';
import { loadRequest } from './get.ts';
import { reachBy } from './possible-methods.ts';
import { requestPurpose } from './purpose.ts';
import { refusalError } from './refusal.ts';
import { provenRequestOf, type RequestRow } from './row.ts';
import { snapshotOf } from './snapshot.ts';
import { decide, type Command } from './state.ts';
import type { RechallengeParameters } from './statement/challenge.ts';

/**
 * Everything about a further challenge before it is stored. Two round trips in all, this read and the write:
 * the code depends on the request's data hash, its channel on the host's resolver, which is asked in between.
 */
export async function prepareRechallenge(
  context: CoreContext,
  uuid: string,
  command: Command,
  input: {
    readonly method?: string | undefined;
    readonly factorId?: string | undefined;
    readonly context?: unknown;
  },
  expiryOf: (request: RequestRow, now: Date) => Date,
  overrides: ChallengeOverrides,
): Promise<{
  readonly parameters: RechallengeParameters;
  readonly delivery: Delivery | null;
  readonly expiresAt: Date;
  readonly replacedExpiresAt: Date;
}> {
  const row = await loadRequest(context, uuid);
  const now = context.clock.now();
  const decision = decide(snapshotOf(row), command, now);
  if (!decision.ok) throw refusalError(decision.refusal, row, now);
  if (row.resend_after && row.resend_after > now) {
    throw new CountersignError('rate_limited', { details: { retryAt: row.resend_after } });
  }
  const method = chooseMethod(context, row, input);
  const request = provenRequestOf(row);
  const reach = await reachBy(method, {
    subjectId: row.subject_id,
    deliverTo: row.deliver_to,
    passedAlong: input.context,
  });
  if (!reach) throw new CountersignError('method_unavailable');
  const expiresAt = expiryOf(row, now);
  const issued = await issueChallenge(context, {
    purpose: requestPurpose,
    aboutId: uuid,
    dataHash: row.data_hash,
    request,
    method,
    reach,
    expiresAt,
    now,
    passedAlong: input.context,
    overrides,
  });
  const parameters = {
    ...eventParametersOf(context, now, input.context),
    ...sendParametersOf(context.limits, now, issued.recipient),
    ...issued.parameters,
    id: uuid,
    generation: row.generation,
    resendAfter: resendAfter(context, issued, now),
    challengedEventId: context.ids.uuid(),
    challengedData: eventData('authorization_request.challenged', {
      ...issued.event,
      sendsLeft: row.sends_left - 1,
    }),
  };
  return { parameters, delivery: issued.delivery, expiresAt, replacedExpiresAt: row.expires_at };
}

function chooseMethod(
  context: CoreContext,
  row: RequestRow,
  input: { readonly method?: string | undefined; readonly factorId?: string | undefined },
): Method {
  if (input.factorId !== undefined) throw new CountersignError('method_unavailable');
  if (input.method === undefined && row.methods.length > 1) throw new CountersignError('method_ambiguous');
  const key = input.method ?? row.methods[0];
  if (key === undefined || !row.methods.includes(key)) throw new CountersignError('method_unavailable');
  return requireMethod(context.methods, key);
}
