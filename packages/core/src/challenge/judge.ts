import { timingSafeEqual } from 'node:crypto';
import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import { formatId } from '../id.ts';
import { within } from '../within.ts';
import type { KnownFactor, Method, Verdict, VerifyInput } from '../method/define.ts';
import { digitsOf } from './digits.ts';

/** A challenge that a proof may answer. */
export interface OpenChallenge {
  readonly id: string;
  readonly factorId: string | null;
  /** How often what is in force of that factor had been replaced when it was asked. */
  readonly factorRenewals: number | null;
  readonly digest: Buffer | null;
  readonly keyId: string | null;
  readonly digits: number;
  readonly options: unknown;
  readonly state: unknown;
  readonly expiresAt: Date;
}

export interface Judgement {
  readonly purpose: string;
  readonly aboutId: string;
  readonly dataHash: Buffer;
  readonly request: VerifyInput['request'];
  readonly method: Method;
  readonly settings: Record<string, unknown>;
  readonly proof: unknown;
  readonly decision: 'grant' | 'deny';
  /** The factor that must have made the proof, where a factor proves. */
  readonly factor: KnownFactor | null;
  /** Empty where none was asked for; then only a method that needs none can be right. */
  readonly challenges: readonly OpenChallenge[];
  readonly now: Date;
  readonly passedAlong: unknown;
}

/** What was judged right, and by which challenge. */
export interface RightAnswer {
  /** Null when the method needs none and none was asked for. */
  readonly challenge: OpenChallenge | null;
  readonly verdict: Extract<Verdict, { valid: true }>;
}

/** Below the five seconds after which PostgreSQL ends a transaction that waits. */
const verifySecondsMax = 4;

/**
 * Judges a proof against every open challenge, in memory, after its attempt was spent. What it answers, or null. A
 * method that throws or takes too long has judged it wrong. All challenges are compared whatever the first one says, so
 * that the time tells nothing.
 */
export async function judgeProof(context: CoreContext, judgement: Judgement): Promise<RightAnswer | null> {
  const { method, challenges, factor } = judgement;
  if (method.provesBy === 'factor' && factor === null) return null;
  const asked = challenges.length > 0 || method.needsChallenge ? challenges : [null];
  const verdicts = await Promise.all(
    asked.map(async (challenge): Promise<RightAnswer | null> => {
      const verdict = await verdictOf(context, judgement, challenge);
      return verdict.valid ? { challenge, verdict } : null;
    }),
  );
  return verdicts.find((answer) => answer !== null) ?? null;
}

const wrong: Verdict = { valid: false };

async function verdictOf(
  context: CoreContext,
  judgement: Judgement,
  challenge: OpenChallenge | null,
): Promise<Verdict> {
  const { method, settings, proof, decision, request, factor, now } = judgement;
  try {
    const judged = method.verify({
      proof,
      decision,
      request,
      challenge: challenge && {
        id: formatId('challenge', challenge.id),
        options: challenge.options,
        state: challenge.state,
        expiresAt: challenge.expiresAt,
      },
      factor,
      matches: (candidate) => challenge !== null && matches(context, judgement, challenge, candidate),
      settings,
      issuer: context.issuer,
      context: judgement.passedAlong ?? null,
      now,
    });
    const verdict = judged instanceof Promise ? await within(verifySecondsMax * 1000, judged, wrong) : judged;
    return verdict.valid === true ? verdict : wrong;
  } catch (error) {
    context.logger.warn(
      { method: method.key, cause: error instanceof Error ? error.name : typeof error },
      'a method failed to judge a proof',
    );
    return wrong;
  }
}

/** Whether the candidate has the stored digest. An unknown key, a missing digest or empty text never match. */
function matches(
  context: CoreContext,
  judgement: Judgement,
  challenge: OpenChallenge,
  candidate: string,
): boolean {
  if (challenge.keyId === null || candidate === '') return false;
  if (challenge.digits > 0) return sameText(digitsOf(context, challenge), candidate);
  if (challenge.digest === null) return false;
  const key = context.keys.byId('code', challenge.keyId);
  if (!key) return false;
  const given = keyedDigest(key.key, [judgement.purpose, judgement.aboutId, judgement.dataHash, candidate]);
  return challenge.digest.length === given.length && timingSafeEqual(challenge.digest, given);
}

function sameText(expected: string | null, candidate: string): boolean {
  if (expected === null || candidate.length !== expected.length) return false;
  const [left, right] = [Buffer.from(expected), Buffer.from(candidate)];
  return left.length === right.length && timingSafeEqual(left, right);
}
