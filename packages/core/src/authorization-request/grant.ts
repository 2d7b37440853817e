import type { z } from 'zod';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { once, type Written } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireParty, requireService } from '../permission.ts';
import { loadRequest } from './get.ts';
import { explainRefusal, refusalError, requestUuid } from './refusal.ts';
import { grantInput, type grantOutput, type ProofInput } from './schema.ts';
import { undecided, type Checked, type WaitingRow } from './row.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { grantRequest, type GrantParameters } from './statement/grant.ts';
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
export async function grantAuthorizationRequest(
  context: CoreContext,
  input: z.input<typeof grantInput>,
): Promise<Answer> {
  const parsed = parseInput(grantInput, input);
  requireParty(context.actor);
  if (parsed.context !== undefined) requireService(context.actor);
  const uuid = requestUuid(parsed.id);
  await refuseForeignProof(context, uuid, parsed.proof);
  return await once(context, 'authorizationRequest.grant', parsed, {
    write: (writing) =>
      parsed.proof
        ? grantByProof(writing, uuid, parsed.proof, parsed.context)
        : grantByEarlierCheck(writing, uuid, parsed.context),
  });
}

/** A device grants with its own proof (the contract, §3), not with a code that is shown on the same stolen phone. */
async function refuseForeignProof(
  context: CoreContext,
  uuid: string,
  proof: ProofInput | undefined,
): Promise<void> {
  if (context.actor.kind !== 'device' || proof?.method === 'device') return;
  await loadRequest(context, uuid);
  throw new CountersignError('forbidden');
}

async function grantByProof(
  context: CoreContext,
  uuid: string,
  proof: ProofInput,
  passedAlong: unknown,
): Promise<Written<Answer>> {
  const verdict = await verifyProof(context, uuid, proof, 'grant', passedAlong);
  if (!verdict.right) return { answer: wrongAnswer(context, verdict) };
  const { row, challenge, method, chargedAt, factorKey } = verdict;
  const evidence = {
    challengeId: challenge.id,
    method: method.key,
    factorId: challenge.factorId,
    binding: method.binding,
  };
  const granted = await commitGrant(
    context,
    row,
    evidence,
    { settles: 1, checkedProofId: null, chargedAt, factorKey },
    passedAlong,
  );
  if (granted) return { answer: granted };
  return { answer: wrongAnswer(context, await tooLate(context, verdict, 'grant', passedAlong)) };
}

/** The minute after a right check: nothing is judged, so nothing is spent. */
async function grantByEarlierCheck(
  context: CoreContext,
  uuid: string,
  passedAlong: unknown,
): Promise<Written<Answer>> {
  const present = await loadRequest(context, uuid);
  const now = context.clock.now();
  const decision = decide(snapshotOf(present), { kind: 'grant_right', generation: present.generation }, now);
  if (!decision.ok) throw refusalError(decision.refusal, present, context.clock.now());
  const { checked } = present;
  const standing =
    checked !== null &&
    checked.by === actorKey(context.actor) &&
    now.getTime() - checked.at < context.limits.checkedSeconds * 1000;
  if (!standing || context.actor.kind !== 'service') throw new CountersignError('proof_required');
  const settlement = {
    settles: 0,
    checkedProofId: checked.proofId,
    chargedAt: null,
    factorKey: checked.factorId ?? checked.method,
  };
  const granted = await commitGrant(context, present, checked, settlement, passedAlong);
  if (granted) return { answer: granted };
  await explainRefusal(context, uuid, { kind: 'grant_right', generation: present.generation });
  throw new CountersignError('proof_required');
}

type Evidence = Pick<Checked, 'challengeId' | 'method' | 'factorId' | 'binding'>;
type Settlement = Pick<GrantParameters, 'settles' | 'checkedProofId' | 'chargedAt' | 'factorKey'>;

/** The decision, if the request is still the one the proof was judged for; undefined when it is not. */
async function commitGrant(
  context: CoreContext,
  judged: WaitingRow,
  evidence: Evidence,
  settlement: Settlement,
  passedAlong: unknown,
): Promise<Answer | undefined> {
  const now = context.clock.now();
  const executeBefore = new Date(now.getTime() + judged.execute_within_seconds * 1000);
  const { challengeId, method, factorId, binding } = evidence;
  const [decided] = await context.db.query(grantRequest, {
    ...eventParametersOf(context, now, passedAlong),
    ...settlement,
    challengeId,
    method,
    factorId,
    binding,
    id: judged.id,
    generation: judged.generation,
    executeBefore,
    eventId: context.ids.uuid(),
    grantedData: eventData('authorization_request.granted', {
      method,
      factorId: factorId && formatId('factor', factorId),
      challengeId: formatId('challenge', challengeId),
      binding,
      executeBefore: executeBefore.toISOString(),
      by: context.actor.kind,
      dataHash: judged.data_hash.toString('base64url'),
      displayHash: judged.display_hash.toString('base64url'),
    }),
  });
  if (!decided) return undefined;
  const changed = {
    ...undecided,
    state: 'granted',
    binding,
    decided_at: now,
    granted_at: now,
    execute_before: executeBefore,
  } as const;
  return { granted: true, request: viewOf({ ...judged, ...decided, ...changed, challenge: null }, now) };
}

function wrongAnswer(context: CoreContext, { row }: WrongProof): Answer {
  return { granted: false, attemptsLeft: row.attempts_left, request: viewOf(row, context.clock.now()) };
}
