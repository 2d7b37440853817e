import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  defaultLimits,
  formatId,
  silentLogger,
  systemClock,
  systemRandomness,
  type Method,
  type ProvenRequest,
  type Recipient,
} from '@countersign/core';
import { digitsOf } from '../../packages/core/src/challenge/digits.ts';
import { issueChallenge, type IssuedChallenge } from '../../packages/core/src/challenge/issue.ts';
import { judgeProof, type OpenChallenge } from '../../packages/core/src/challenge/judge.ts';
import type { CoreContext } from '../../packages/core/src/context.ts';
import { createKeys } from '../../packages/core/src/keys.ts';
import { createIds } from '../../packages/core/src/runtime.ts';
import type { Work } from '../unit.ts';

/** Somebody who proves by a method, with a factor in force. */
export interface Prover {
  readonly name: string;
  readonly method: Method;
  /** What is stored of their factor. */
  readonly config: unknown;
  /** Their right proof, without its `method`. */
  prove(asked: Asked): object;
}

/** What they have before them. */
export interface Asked {
  readonly request: ProvenRequest;
  readonly options: unknown;
  /** From the message; empty where none is sent. */
  readonly code: string;
  /** From the screen that asked; empty where there are none. */
  readonly digits: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** What the engine needs to ask and to judge: keys and chance, no database. */
export const engine = {
  actor: { kind: 'service' },
  clock: systemClock,
  ids: createIds(systemClock, systemRandomness),
  issuer: 'Example Bank',
  keys: createKeys(randomBytes(32).toString('base64')),
  limits: defaultLimits,
  logger: silentLogger,
  randomness: systemRandomness,
} as unknown as CoreContext;

export const place = { subjectId: 'ada', factorId: randomUUID() };

const purpose = 'confirmation';

/**
 * The engine judges the same right proof again and again: a method has no memory, and what a proof uses up is written
 * with the decision, which nobody takes here. Whatever is stored, code and factor, is in memory and opened.
 */
export async function judging({ name, method, config, prove }: Prover): Promise<Work> {
  const now = new Date();
  const request = makeRequest();
  const factor = { id: formatId('factor', place.factorId), subjectId: place.subjectId, config };
  const recipient: Recipient | null = method.recipientOf(config);
  const issued = method.needsChallenge
    ? await issueChallenge(engine, {
        purpose,
        aboutId: place.factorId,
        dataHash,
        request,
        way: { method, settings: {}, factor, factorRenewals: 0, factors: [factor], recipient },
        expiresAt: new Date(now.getTime() + 600_000),
        now,
        passedAlong: null,
        overrides: {},
      })
    : null;
  const challenge = issued && openChallengeOf(issued);
  const proof = method.proof.parse({
    ...prove({
      request,
      options: challenge?.options,
      code: issued?.delivery?.message.code ?? '',
      digits: (challenge && digitsOf(engine, challenge)) ?? '',
      expiresAt: challenge?.expiresAt ?? now,
      now,
    }),
    method: method.key,
  });
  const judgement = {
    purpose,
    aboutId: place.factorId,
    dataHash,
    request,
    method,
    settings: {},
    proof,
    decision: 'grant',
    factor: method.provesBy === 'factor' ? factor : null,
    challenges: challenge ? [challenge] : [],
    now,
    passedAlong: null,
  } as const;
  return {
    name,
    waits: true,
    async run() {
      if (!(await judgeProof(engine, judgement))) throw new Error(`${name}: its own proof was judged wrong`);
    },
  };
}

const dataHash = createHash('sha256').update('data').digest();

function makeRequest(): ProvenRequest {
  return {
    kind: 'confirmation',
    id: formatId('confirmation', randomUUID()),
    slug: 'countersign.confirmation',
    subjectId: place.subjectId,
    sessionId: null,
    dataHash: dataHash.toString('base64url'),
    displayHash: createHash('sha256').update('display').digest('base64url'),
    locale: undefined,
    deliverTo: null,
    title: 'Confirm: sign-in',
    description: null,
    facts: [],
  };
}

/** As the row would be read. */
function openChallengeOf({ parameters }: IssuedChallenge): OpenChallenge {
  const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  const { challengeDigest } = parameters;
  return {
    id: parameters.challengeId ?? '',
    factorId: parameters.challengeFactorId,
    factorRenewals: parameters.challengeFactorRenewals,
    digest: challengeDigest && Buffer.from(challengeDigest),
    keyId: parameters.challengeKeyId,
    digits: parameters.challengeDigits,
    options: parsed(parameters.challengeOptions),
    state: parsed(parameters.challengeState),
    expiresAt: parameters.challengeExpiresAt ?? new Date(0),
  };
}
