import type { z } from 'zod';
import { satisfiesBinding, type Binding } from '../binding.ts';
import { tellDecision } from '../challenge/decision.ts';
import { digitsFor, withoutDigits } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventData, eventParametersOf } from '../event/parameters.ts';
import { factorsInForce, type FactorInForce } from '../factor/in-force.ts';
import { spendingOf, spendingOfMessage } from '../factor/evidence.ts';
import type { SpendParameters } from '../factor/spend.ts';
import { formatId } from '../id.ts';
import { once, type Written } from '../idempotency/once.ts';
import { requireMethod } from '../method/registry.ts';
import { parseInput } from '../parse.ts';
import { requireParty, requireService } from '../permission.ts';
import { declaredMethod } from '../telemetry.ts';
import { checkedUntil, isCheckedProof, standingCheck } from './checked.ts';
import { loadRequest } from './get.ts';
import { explainRefusal, refusalError, requestUuid } from './refusal.ts';
import { grantInput, type grantOutput, type ProofInput } from './schema.ts';
import { undecided, type Checked, type RequestWithChallenge, type WaitingRow } from './row.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { grantRequest, grantRequestByFactor, type GrantParameters } from './statement/grant.ts';
import { presentProof, prove, requireActive, type RightProof, type WrongProof } from './verify.ts';
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
    step: { name: 'grant', request: uuid },
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
  const presented = await presentProof(context, uuid, proof, 'grant', passedAlong);
  if (context.actor.kind === 'device' && presented.factor?.known.id !== context.actor.factorId)
    throw new CountersignError('forbidden');
  const { present, parsed } = presented;
  const checked = present && standingCheck(context, present, context.clock.now());
  if (present && checked && isCheckedProof(context, checked, uuid, parsed)) {
    const granted = await grantChecked(context, present, checked, passedAlong);
    // What it was made by has changed since, or its minute is over: it is a proof like any other.
    if (granted) return granted;
  }
  const settled = await prove(context, presented, (right) => commitProof(context, right, passedAlong));
  return 'right' in settled ? wrongAnswer(context, settled) : settled.row;
}

async function commitProof(
  context: CoreContext,
  proof: RightProof,
  passedAlong: unknown,
): Promise<Written<Answer> | undefined> {
  const { row, challenge, method, factor, verdict, chargedAt, factorKey } = proof;
  const messageTo = challenge?.factorId ?? null;
  const receiver = messageTo === null || factor ? factor : await standingFactor(context, row, messageTo);
  if (messageTo !== null && receiver === null) return undefined;
  const spending = factor
    ? spendingOf(context, factor, verdict)
    : messageTo === null
      ? null
      : spendingOfMessage(messageTo, challenge?.factorRenewals ?? null);
  const evidence = {
    // A method that needs no challenge was judged without one: its proof still has a place of its own.
    challengeId: challenge?.id ?? context.ids.uuid(),
    method: method.key,
    factorId: spending?.factorId ?? null,
    binding: weaker(proof.binding, receiver?.binding ?? proof.binding),
  };
  if (!satisfiesBinding(evidence.binding, row.required_binding)) return undefined;
  const settlement = {
    settles: 1,
    checkedProofId: null,
    checkedUntil: null,
    chargedAt,
    factorKey,
    answersPrompt: method.prompts,
  };
  return await commitGrant(context, row, evidence, { settlement, spending }, passedAlong);
}

/**
 * A factor that a proof came from, if it still is in force; of several configurations of a method, the one of this
 * factor may have been switched off since.
 */
async function standingFactor(
  context: CoreContext,
  { subject_id: subjectId }: Pick<WaitingRow, 'subject_id'>,
  factorId: string,
): Promise<FactorInForce | null> {
  const reading = { ...context, db: context.database.pool };
  const [standing] = await factorsInForce(reading, { subjectId, ids: [factorId] });
  return standing ?? null;
}

function weaker(one: Binding, other: Binding): Binding {
  return satisfiesBinding(one, other) ? other : one;
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
  const checked = standingCheck(context, present, now);
  if (checked === null || context.actor.kind !== 'service') throw new CountersignError('proof_required');
  const granted = await grantChecked(context, present, checked, passedAlong);
  if (granted) return granted;
  await explainRefusal(context, uuid, { kind: 'grant_right', generation: present.generation });
  throw new CountersignError('proof_required');
}

/** Undefined when the check stands no more: its minute is over, or what it was made by was switched off, replaced or removed. */
async function grantChecked(
  context: CoreContext,
  present: RequestWithChallenge,
  checked: Checked,
  passedAlong: unknown,
): Promise<Written<Answer> | undefined> {
  // An operator, or the owner, may have switched it off within the minute.
  await requireActive(context, requireMethod(context.methods, checked.method));
  const standing =
    checked.factorId === null ? null : await standingFactor(context, present, checked.factorId);
  if (checked.factorId !== null && standing === null) return undefined;
  const binding = weaker(checked.binding, standing?.binding ?? checked.binding);
  if (!satisfiesBinding(binding, present.required_binding)) return undefined;
  const settlement = {
    settles: 0,
    checkedProofId: checked.proofId,
    checkedUntil: checkedUntil(context, checked),
    chargedAt: null,
    factorKey: checked.factorId ?? checked.method,
    answersPrompt: context.methods.get(checked.method)?.prompts ?? false,
  };
  const spending =
    checked.factorId === null ? null : spendingOfMessage(checked.factorId, checked.factorRenewals);
  return await commitGrant(context, present, { ...checked, binding }, { settlement, spending }, passedAlong);
}

type Evidence = Pick<Checked, 'challengeId' | 'method' | 'factorId' | 'binding'>;

interface Settling {
  readonly settlement: Pick<
    GrantParameters,
    'settles' | 'checkedProofId' | 'checkedUntil' | 'chargedAt' | 'factorKey' | 'answersPrompt'
  >;
  /** What it does to the factor that proved it; null when none did. */
  readonly spending: SpendParameters | null;
}

/** The decision, if the request is still the one the proof was judged for; undefined when it is not. */
async function commitGrant(
  context: CoreContext,
  judged: WaitingRow,
  evidence: Evidence,
  { settlement, spending }: Settling,
  passedAlong: unknown,
): Promise<Written<Answer> | undefined> {
  const now = context.clock.now();
  const executeBefore = new Date(now.getTime() + judged.execute_within_seconds * 1000);
  const { challengeId, method, factorId, binding } = evidence;
  const parameters = {
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
  };
  const [decided] = spending
    ? await context.db.query(grantRequestByFactor, { ...parameters, ...spending })
    : await context.db.query(grantRequest, parameters);
  if (!decided) return undefined;
  const changed = {
    ...undecided,
    state: 'granted',
    binding,
    decided_at: now,
    granted_at: now,
    execute_before: executeBefore,
  } as const;
  const request = viewOf({ ...judged, ...decided, ...changed, challenge: null }, now);
  return {
    answer: { granted: true, request },
    transitions: [
      {
        outcome: 'granted',
        slug: judged.slug,
        method: declaredMethod(context, method),
        binding,
        since: judged.created_at,
        at: now,
      },
    ],
    afterCommit: tellDecision(context, method, {
      decision: 'granted',
      request,
      context: passedAlong ?? null,
    }),
  };
}

function wrongAnswer(context: CoreContext, { row }: WrongProof): Written<Answer> {
  const request = viewOf(row, context.clock.now(), digitsFor(context));
  const answer = { granted: false, attemptsLeft: row.attempts_left, request } as const;
  return {
    answer,
    repeated: { ...answer, request: { ...request, challenge: withoutDigits(request.challenge) } },
  };
}
