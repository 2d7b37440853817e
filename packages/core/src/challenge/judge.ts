import { timingSafeEqual } from 'node:crypto';
import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import { within } from '../within.ts';
import type { Method } from '../method/define.ts';

/** A challenge that a proof may answer. */
export interface OpenChallenge {
  readonly id: string;
  readonly factorId: string | null;
  readonly digest: Buffer | null;
  readonly keyId: string | null;
}

export interface Judgement {
  readonly purpose: string;
  readonly aboutId: string;
  readonly dataHash: Buffer;
  readonly displayHash: Buffer;
  readonly publicId: string;
  readonly method: Method;
  readonly proof: Record<string, unknown>;
  readonly challenges: readonly OpenChallenge[];
  readonly now: Date;
}

/** Below the five seconds after which PostgreSQL ends a transaction that waits. */
const verifySecondsMax = 4;

/**
 * Judges a proof against every open challenge, in memory, after its attempt was spent. The challenge it
 * answers, or null. A method that throws or takes too long has judged it wrong. All challenges are compared
 * whatever the first one says, so that the time tells nothing.
 */
export async function judgeProof(context: CoreContext, judgement: Judgement): Promise<OpenChallenge | null> {
  const verdicts = await Promise.all(
    judgement.challenges.map(async (challenge) =>
      (await answers(context, judgement, challenge)) ? challenge : null,
    ),
  );
  return verdicts.find((challenge) => challenge !== null) ?? null;
}

async function answers(
  context: CoreContext,
  judgement: Judgement,
  challenge: OpenChallenge,
): Promise<boolean> {
  const { method, proof, dataHash, displayHash, publicId, now } = judgement;
  try {
    const verdict = method.verify({
      proof,
      request: {
        id: publicId,
        dataHash: dataHash.toString('base64url'),
        displayHash: displayHash.toString('base64url'),
      },
      matches: (candidate) => matches(context, judgement, challenge, candidate),
      now,
    });
    if (!(verdict instanceof Promise)) return verdict.valid === true;
    return (await within(verifySecondsMax * 1000, verdict, { valid: false })).valid === true;
  } catch (error) {
    context.logger.warn(
      { method: method.key, cause: error instanceof Error ? error.name : typeof error },
      'a method failed to judge a proof',
    );
    return false;
  }
}

/** Whether the candidate has the stored digest. An unknown key, a missing digest or empty text never match. */
function matches(
  context: CoreContext,
  judgement: Judgement,
  challenge: OpenChallenge,
  candidate: string,
): boolean {
  if (challenge.digest === null || challenge.keyId === null || candidate === '') return false;
  const key = context.keys.byId('code', challenge.keyId);
  if (!key) return false;
  const given = keyedDigest(key.key, [judgement.purpose, judgement.aboutId, judgement.dataHash, candidate]);
  return challenge.digest.length === given.length && timingSafeEqual(challenge.digest, given);
}
