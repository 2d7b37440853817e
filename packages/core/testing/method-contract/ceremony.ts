import { createHash } from 'node:crypto';
import type {
  Completed,
  Enrolment,
  Issued,
  KnownFactor,
  ProvenRequest,
  Recipient,
  Verdict,
  VerifyInput,
} from '../../src/method/define.ts';
import type { Randomness } from '../../src/ports.ts';
import { createRandom } from '../random.ts';
import type { MethodContract, ProofWorld } from './contract.ts';

/** The conditions of a ceremony: equal ones play it equally. */
export interface Conditions {
  /** What the caller passed along. */
  readonly context: unknown;
  /** What is done to everything before a hook sees it. */
  readonly handOver: <Value>(value: Value) => Value;
  readonly randomness: Randomness;
}

export function createConditions(different: Partial<Conditions> = {}): Conditions {
  return { context: null, handOver: (value) => value, randomness: seededRandomness(1), ...different };
}

/** Enrolment and proof are an hour apart, as on two days: a time step of the one is none of the other's. */
export const enrolledAt = new Date('2026-01-01T12:00:00.000Z');
const provenAt = new Date('2026-01-01T13:00:00.000Z');

export const subjectId = 'ada';
export const issuer = 'Example Bank';
const factorId = 'fact_00000000000000000000000001';
const expiresInSeconds = 300;

/** Two of them differ in all that a proof could be bound to. */
export function makeRequest(
  name: string,
  kind: ProvenRequest['kind'] = 'authorization_request',
): ProvenRequest {
  return {
    kind,
    id: `areq_${name}`,
    slug: 'transfer',
    subjectId,
    sessionId: 'session',
    dataHash: hashOf(`data ${name}`),
    displayHash: hashOf(`display ${name}`),
    locale: 'en',
    deliverTo: null,
    title: 'Transfer money',
    description: null,
    facts: [{ label: 'To', value: name }],
  };
}

/** A challenge, as the engine knows it. */
export interface Asked {
  readonly request: ProvenRequest;
  readonly issued: Issued;
  readonly digits: string | null;
  readonly factor: KnownFactor | null;
  readonly setup: unknown;
}

/** Somebody who enrols, up to the answer that confirms it. */
export interface Enrolling extends Asked {
  readonly begun: Enrolment;
  readonly factor: KnownFactor;
}

export async function begin(contract: MethodContract, conditions: Conditions): Promise<Enrolling> {
  const { enrolment: hooks } = contract.method;
  if (!hooks) throw new Error('this method has no enrolment');
  const begun = await hooks.begin(
    conditions.handOver({
      ...surroundings(contract, conditions),
      given: hooks.given.parse(contract.given ?? {}),
      subjectId,
      factorId,
      current: null,
      factors: [],
      randomness: conditions.randomness,
      now: new Date(enrolledAt),
    }),
  );
  const factor: KnownFactor = { id: factorId, subjectId, config: asJson(begun.config) };
  const request = makeRequest('enrolment', 'enrolment');
  const asked = begun.recipient
    ? await issue(contract, conditions, request, factor, begun.recipient)
    : { request, issued: {}, digits: null, factor };
  return { ...asked, factor, begun, setup: asJson(begun.setup) };
}

/** With an answer, whoever made it. */
export async function complete(
  contract: MethodContract,
  conditions: Conditions,
  enrolling: Enrolling,
  answer: unknown,
): Promise<Completed> {
  const { enrolment: hooks } = contract.method;
  if (!hooks) throw new Error('this method has no enrolment');
  return await hooks.complete(
    conditions.handOver({
      ...surroundings(contract, conditions),
      answer: hooks.answer.parse(asJson(answer)),
      config: enrolling.factor.config,
      subjectId,
      factorId,
      request: named(enrolling.request),
      matches: matchesOf(enrolling),
      now: new Date(enrolledAt),
    }),
  );
}

export async function rightAnswer(contract: MethodContract, enrolling: Enrolling): Promise<object> {
  const answer = contract.rightAnswer ?? contract.rightProof ?? toldCode;
  return await answer(worldOf(enrolling, enrolledAt, 'grant'));
}

/** Somebody who can prove, and is asked to. */
export async function ask(
  contract: MethodContract,
  conditions: Conditions,
  request: ProvenRequest = makeRequest('bob'),
): Promise<Asked> {
  const { method } = contract;
  if (!method.enrolment)
    return await issue(contract, conditions, request, null, await reach(contract, conditions));
  const enrolling = await begin(contract, conditions);
  let { factor } = enrolling;
  if (enrolling.begun.confirmedBy !== 'none') {
    const completed = await complete(contract, conditions, enrolling, await rightAnswer(contract, enrolling));
    if (!completed.valid) throw new Error('the right answer did not confirm the enrolment');
    factor = { ...factor, config: asJson(completed.config ?? factor.config) };
  }
  const asked = await askAgain(contract, conditions, { ...enrolling, factor }, request);
  return { ...asked, setup: enrolling.setup };
}

/** Of the same factor, something else. */
export async function askAgain(
  contract: MethodContract,
  conditions: Conditions,
  { factor, setup }: Asked,
  request: ProvenRequest,
): Promise<Asked> {
  const recipient = factor ? contract.method.recipientOf(factor.config) : await reach(contract, conditions);
  return { ...(await issue(contract, conditions, request, factor, recipient)), setup };
}

export async function rightProof(
  { method, rightProof: make = toldCode }: MethodContract,
  asked: Asked,
  decision: 'grant' | 'deny' = 'grant',
): Promise<Record<string, unknown>> {
  return { ...(await make(worldOf(asked, provenAt, decision))), method: method.key };
}

/** By the rules of the engine: the proof is parsed first, and nothing but JSON has been kept of the challenge. */
export async function verify(
  contract: MethodContract,
  conditions: Conditions,
  asked: Asked,
  proof: unknown,
  different: Partial<VerifyInput> = {},
): Promise<Verdict> {
  const { method } = contract;
  return await method.verify(
    conditions.handOver({
      ...surroundings(contract, conditions),
      proof: method.proof.parse(asJson(proof)),
      decision: 'grant',
      request: named(asked.request),
      challenge: method.needsChallenge ? challengeOf(asked) : null,
      factor: asked.factor,
      matches: matchesOf(asked),
      now: new Date(provenAt),
      ...different,
    }),
  );
}

export function challengeOf({ request, issued }: Asked): NonNullable<VerifyInput['challenge']> {
  return {
    id: `chal_${request.id}`,
    options: asJson(issued.options),
    state: asJson(issued.state),
    expiresAt: new Date(provenAt.getTime() + expiresInSeconds * 1000),
  };
}

/** What is left of a value that was stored, or sent. */
export function asJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

async function reach(contract: MethodContract, conditions: Conditions): Promise<Recipient | null> {
  const { method, deliverTo = null } = contract;
  const reached = await method.reach?.(
    conditions.handOver({ ...surroundings(contract, conditions), subjectId, deliverTo }),
  );
  return reached?.recipient ?? null;
}

async function issue(
  contract: MethodContract,
  conditions: Conditions,
  request: ProvenRequest,
  factor: KnownFactor | null,
  recipient: Recipient | null,
): Promise<Asked> {
  const { randomness } = conditions;
  const issued = await contract.method.issue(
    conditions.handOver({
      ...surroundings(contract, conditions),
      request,
      factor,
      factors: factor ? [factor] : [],
      recipient,
      expiresInSeconds,
      randomness,
      generate: undefined,
    }),
  );
  const { digits = 0 } = issued;
  return {
    request,
    issued,
    digits: digits > 0 ? String(randomness.integer(10 ** digits)).padStart(digits, '0') : null,
    factor,
    setup: null,
  };
}

function surroundings({ method, settings = {} }: MethodContract, { context }: Conditions) {
  return { settings: method.settings?.parse(settings) ?? {}, issuer, context };
}

function named({
  kind,
  id,
  slug,
  subjectId: whose,
  dataHash,
  displayHash,
}: ProvenRequest): VerifyInput['request'] {
  return { kind, id, slug, subjectId: whose, dataHash, displayHash };
}

function matchesOf({ issued, digits }: Asked): (candidate: string) => boolean {
  const expected = digits ?? issued.secret ?? '';
  return (candidate) => candidate !== '' && candidate === expected;
}

function worldOf(
  { request, issued, digits, factor, setup }: Asked,
  now: Date,
  decision: 'grant' | 'deny',
): ProofWorld {
  const { secret = null, options } = issued;
  return {
    request,
    factorId: factor?.id ?? null,
    decision,
    secret,
    digits,
    options: asJson(options),
    setup,
    now,
  };
}

function toldCode({ secret, digits }: ProofWorld): { code: string | null } {
  return { code: secret ?? digits };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function seededRandomness(seed: number): Randomness {
  const { integer } = createRandom(seed);
  return { integer, bytes: (length) => Uint8Array.from({ length }, () => integer(256)) };
}
