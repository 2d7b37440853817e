import type { Delivery } from '../challenge/deliver.ts';
import { issueChallenge, type ChallengeOverrides } from '../challenge/issue.ts';
import { promptParametersOf } from '../challenge/prompt-limit.ts';
import { sendParametersOf } from '../challenge/send-limit.ts';
import type { Way } from '../challenge/way.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import { resendAfter } from './create.ts';
import { loadRequest } from './get.ts';
import { possibleWays } from './possible-methods.ts';
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
  commandOf: (sends: boolean) => Command,
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
  refuseUnless(row, commandOf(false), now);
  const way = await chooseWay(context, row, input);
  if (way.recipient) {
    refuseUnless(row, commandOf(true), now);
    if (row.resend_after && row.resend_after > now)
      throw new CountersignError('rate_limited', { details: { retryAt: row.resend_after } });
  }
  const expiresAt = expiryOf(row, now);
  const issued = await issueChallenge(context, {
    purpose: requestPurpose,
    aboutId: uuid,
    dataHash: row.data_hash,
    request: provenRequestOf(row),
    way,
    expiresAt,
    now,
    passedAlong: input.context,
    overrides,
  });
  const parameters = {
    ...eventParametersOf(context, now, input.context),
    ...sendParametersOf(context.limits, now, issued.recipient),
    ...promptParametersOf(context.limits, now, issued),
    ...issued.parameters,
    id: uuid,
    generation: row.generation,
    resendAfter: resendAfter(context, issued, now),
    challengedEventId: context.ids.uuid(),
    challengedData: eventData('authorization_request.challenged', {
      ...issued.event,
      sendsLeft: row.sends_left - (issued.recipient ? 1 : 0),
    }),
  };
  return { parameters, delivery: issued.delivery, expiresAt, replacedExpiresAt: row.expires_at };
}

function refuseUnless(row: RequestRow, command: Command, now: Date): void {
  const decision = decide(snapshotOf(row), command, now);
  if (!decision.ok) throw refusalError(decision.refusal, row, now);
}

/** What was asked for, of what is still possible: a factor may have been removed since. */
async function chooseWay(
  context: CoreContext,
  row: RequestRow,
  input: {
    readonly method?: string | undefined;
    readonly factorId?: string | undefined;
    readonly context?: unknown;
  },
): Promise<Way> {
  const asked = input.factorId === undefined ? null : parseId('factor', input.factorId);
  if (input.factorId !== undefined && asked === null) throw new CountersignError('method_unavailable');
  if (input.method !== undefined && !row.methods.includes(input.method))
    throw new CountersignError('method_unavailable');
  if (input.method === undefined && asked === null && row.methods.length > 1)
    throw new CountersignError('method_ambiguous');
  if (asked !== null && row.factor_ids !== null && !row.factor_ids.includes(asked))
    throw new CountersignError('method_unavailable');
  const [way] = await possibleWays(context, {
    subjectId: row.subject_id,
    listed: row.methods,
    asked: input.method === undefined ? undefined : [input.method],
    factorIds: asked === null ? row.factor_ids : [asked],
    binding: row.required_binding,
    deliverTo: row.deliver_to,
    passedAlong: input.context,
  });
  if (!way) throw new CountersignError('method_unavailable');
  return way;
}
