import { issueChallenge, type ChallengeOverrides, type IssuedChallenge } from '../challenge/issue.ts';
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

/** A further challenge as its method has made it; nothing is written yet. */
export interface PreparedRechallenge {
  readonly row: RequestRow;
  readonly issued: IssuedChallenge;
}

/**
 * Makes a further challenge. Two round trips in all, this read and the write: the code depends on the request's data
 * hash, its channel on the host's resolver, which is asked in between. The host may be slow, so the clock is read anew
 * after each of its answers: what has expired meanwhile is not asked again.
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
): Promise<PreparedRechallenge> {
  const row = await loadRequest(context, uuid);
  refuseUnless(row, commandOf(false), context.clock.now());
  const way = await chooseWay(context, row, input);
  const now = context.clock.now();
  refuseUnless(row, commandOf(way.recipient !== null), now);
  if (way.recipient && row.resend_after && row.resend_after > now)
    throw new CountersignError('rate_limited', { details: { retryAt: row.resend_after } });
  const issued = await issueChallenge(context, {
    purpose: requestPurpose,
    aboutId: uuid,
    dataHash: row.data_hash,
    request: provenRequestOf(row),
    way,
    expiresAt: expiryOf(row, now),
    now,
    passedAlong: input.context,
    overrides,
  });
  return { row, issued };
}

/** For the statement that stores it; `now` is read when it is written, not when the host was asked. */
export function rechallengeParameters(
  context: CoreContext,
  { row, issued }: PreparedRechallenge,
  now: Date,
  passedAlong: unknown,
): RechallengeParameters {
  return {
    ...eventParametersOf(context, now, passedAlong),
    ...sendParametersOf(context.limits, now, issued.recipient),
    ...promptParametersOf(context.limits, now, issued),
    ...issued.parameters,
    id: row.id,
    generation: row.generation,
    resendAfter: resendAfter(context, issued, now),
    challengedEventId: context.ids.uuid(),
    challengedData: eventData('authorization_request.challenged', {
      ...issued.event,
      sendsLeft: row.sends_left - (issued.recipient ? 1 : 0),
    }),
  };
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
