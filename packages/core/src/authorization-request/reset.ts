import type { z } from 'zod';
import type { ChallengeOverrides } from '../challenge/issue.ts';
import { digitsFor, withoutDigits } from '../challenge/view.ts';
import { refusalOf } from '../challenge/send-limit.ts';
import type { CoreContext } from '../context.ts';
import { once } from '../idempotency/once.ts';
import { requestDefaults } from '../limits.ts';
import { parseInput } from '../parse.ts';
import { requireService, requireServiceOrSubject } from '../permission.ts';
import { methodAsked } from '../telemetry.ts';
import { deliverChallenge, repeatFailedDelivery } from './deliver-challenge.ts';
import { prepareRechallenge, rechallengeParameters } from './rechallenge.ts';
import { explainRefusal, requestUuid } from './refusal.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import type { RequestRow } from './row.ts';
import { resetInput, type resetOutput } from './schema.ts';
import { resetRequest } from './statement/challenge.ts';
import { viewOf } from './view.ts';

/**
 * A new code, the old ones void, a new expiry (never later than an hour after the creation). Counts as a
 * resend; attempts are kept; a decided or expired request is not revived.
 *
 * @throws CountersignError as `challengeAuthorizationRequest`.
 */
export async function resetAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof resetInput>,
  overrides: ChallengeOverrides = {},
): Promise<z.output<typeof resetOutput>> {
  const parsed = parseInput(resetInput, input);
  requireServiceOrSubject(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  const expiryOf = (request: RequestRow, now: Date) =>
    newExpiry(context, request, parsed.expiresInSeconds, now);
  const prepare = (asking: CoreContext) =>
    prepareRechallenge(
      asking,
      uuid,
      (sends) => ({ kind: 'reset', sends, expiresAt: asking.clock.now() }),
      parsed,
      expiryOf,
      overrides,
    );
  return await once(context, 'authorizationRequest.reset', parsed, {
    step: { name: 'reset', request: uuid },
    prepare,
    write: async (writing, prepared) => {
      const { row, now, delivery } = await untilTaken(
        async (turn) => {
          const made = turn === 0 && prepared ? prepared : await prepare(writing);
          const at = writing.clock.now();
          const parameters = {
            ...rechallengeParameters(writing, made, at, parsed.context),
            expiresAt: expiryOf(made.row, at),
            replacedExpiresAt: made.row.expires_at,
            resetEventId: writing.ids.uuid(),
          };
          const [reset] = await writing.db.query(resetRequest, parameters).catch((error: unknown) => {
            throw refusalOf(error);
          });
          return reset && { row: reset, now: at, delivery: made.issued.delivery };
        },
        () => explainRefusal(writing, uuid, { kind: 'reset', sends: true, expiresAt: writing.clock.now() }),
      );
      const request = viewOf(row, now, digitsFor(writing));
      const { challenge } = request;
      const told = withoutDigits(challenge);
      return {
        answer: { request, challenge },
        repeated: { request: { ...request, challenge: told }, challenge: told },
        afterCommit: delivery && (() => deliverChallenge(context, row, request, delivery)),
        transitions: [{ outcome: 'reset', slug: row.slug, method: methodAsked(writing, request) }],
      };
    },
    replayed: (answer) => repeatFailedDelivery(context, answer.request),
  });
}

function newExpiry(
  context: CoreContext,
  request: Pick<RequestRow, 'slug' | 'created_at'>,
  asked: number | undefined,
  now: Date,
): Date {
  const seconds =
    asked ?? context.operations.get(request.slug)?.expiresInSeconds ?? requestDefaults.expiresInSeconds;
  const latest = request.created_at.getTime() + requestDefaults.expiresInSecondsMax * 1000;
  return new Date(Math.min(now.getTime() + seconds * 1000, latest));
}
