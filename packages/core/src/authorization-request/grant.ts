import type { z } from 'zod';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { once, type Written } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireParty, requireService } from '../permission.ts';
import { loadRequest } from './get.ts';
import { refusalError, requestUuid } from './refusal.ts';
import { grantInput, type grantOutput, type ProofInput } from './schema.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { grantRequest } from './statement/grant.ts';
import { tooLate, verifyProof, type WrongProof } from './verify.ts';
import { viewOf } from './view.ts';

type Answer = z.output<typeof grantOutput>;

/**
 * The person's proof grants the request: once, for this data, until `executeBefore`. Wrong is an answer
 * (`granted: false`) and costs an attempt. Without a proof only the service may grant, within a minute of its
 * own right `check`.
 *
 * @throws CountersignError as `checkAuthorizationRequest`, and `proof_required`.
 */
export async function grantAuthorizationRequest(context: CoreContext, input: z.input<typeof grantInput>): Promise<Answer> {
  const parsed = parseInput(grantInput, input);
  requireParty(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  return await once(context, 'authorizationRequest.grant', parsed, (writing) =>
    parsed.proof
      ? grantByProof(writing, uuid, parsed.proof, parsed.context)
      : grantByEarlierCheck(writing, uuid, parsed.context),
  );
}

async function grantByProof(context: CoreContext, uuid: string, proof: ProofInput, passedAlong: unknown): Promise<Written<Answer>> {
  const verdict = await verifyProof(context, uuid, proof, 'grant', passedAlong);
  if (!verdict.right) return { answer: wrongAnswer(context, verdict) };
  const now = context.clock.now();
  const [row] = await context.db.query(grantRequest, {
    ...eventParametersOf(context, now, passedAlong),
    id: uuid,
    generation: verdict.row.generation,
    settles: 1,
    checkedProofId: null,
    proofId: context.ids.uuid(),
    challengeId: verdict.challenge.id,
    method: verdict.method.key,
    factorId: verdict.challenge.factor_id,
    binding: verdict.method.binding,
    chargedAt: verdict.chargedAt,
    factorKey: verdict.factorKey,
    eventId: context.ids.uuid(),
  });
  if (!row) return { answer: wrongAnswer(context, await tooLate(context, verdict, 'grant', passedAlong)) };
  return { answer: { granted: true, request: viewOf({ ...row, challenge: null }, now) } };
}

/** The minute after a right check: nothing is judged, so nothing is spent. */
async function grantByEarlierCheck(context: CoreContext, uuid: string, passedAlong: unknown): Promise<Written<Answer>> {
  const present = await loadRequest(context, uuid);
  const now = context.clock.now();
  const decision = decide(snapshotOf(present), { kind: 'grant_right', generation: present.generation }, now);
  if (!decision.ok) throw refusalError(decision.refusal, present);
  const { checked } = present;
  const standing =
    checked !== null && checked.by === actorKey(context.actor) && now.getTime() - checked.at < context.limits.checkedSeconds * 1000;
  if (!standing || context.actor.kind !== 'service') throw new CountersignError('proof_required');
  const [row] = await context.db.query(grantRequest, {
    ...eventParametersOf(context, now, passedAlong),
    id: uuid,
    generation: present.generation,
    settles: 0,
    checkedProofId: checked.proofId,
    proofId: checked.proofId,
    challengeId: checked.challengeId,
    method: checked.method,
    factorId: checked.factorId,
    binding: checked.binding,
    chargedAt: null,
    factorKey: checked.factorId ?? checked.method,
    eventId: context.ids.uuid(),
  });
  if (!row) throw new CountersignError('proof_required');
  return { answer: { granted: true, request: viewOf({ ...row, challenge: null }, now) } };
}

function wrongAnswer(context: CoreContext, { row }: WrongProof): Answer {
  return { granted: false, attemptsLeft: row.attempts_left, request: viewOf(row, context.clock.now()) };
}
