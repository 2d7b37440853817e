import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import type { Method } from '../method/define.ts';
import type { ChallengeRow } from './row.ts';

export interface Judgement {
  readonly purpose: string;
  readonly aboutId: string;
  readonly dataHash: Buffer;
  readonly displayHash: Buffer;
  readonly publicId: string;
  readonly method: Method;
  readonly proof: Record<string, unknown>;
  readonly challenges: readonly ChallengeRow[];
  readonly now: Date;
}

const verifySecondsMax = 5;

/**
 * Judges a proof against every open challenge, in memory, after its attempt was spent. The challenge it
 * answers, or null. A method that throws or takes too long has judged it wrong. All challenges are compared
 * whatever the first one says, so that the time tells nothing.
 */
export async function judgeProof(context: CoreContext, judgement: Judgement): Promise<ChallengeRow | null> {
  const verdicts = await Promise.all(
    judgement.challenges.map(async (challenge) => ((await answers(context, judgement, challenge)) ? challenge : null)),
  );
  return verdicts.find((challenge) => challenge !== null) ?? null;
}

async function answers(context: CoreContext, judgement: Judgement, challenge: ChallengeRow): Promise<boolean> {
  const { method, proof, dataHash, displayHash, publicId, now } = judgement;
  const limit = new AbortController();
  try {
    const verdict = method.verify({
      proof,
      request: { id: publicId, dataHash: dataHash.toString('base64url'), displayHash: displayHash.toString('base64url') },
      matches: (candidate) => matches(context, judgement, challenge, candidate),
      now,
    });
    if (!(verdict instanceof Promise)) return verdict.valid === true;
    const late = sleep(verifySecondsMax * 1000, { valid: false }, { signal: limit.signal, ref: false });
    return (await Promise.race([verdict, late])).valid === true;
  } catch (error) {
    context.logger.warn({ method: method.key, cause: error instanceof Error ? error.name : typeof error }, 'a method failed to judge a proof');
    return false;
  } finally {
    limit.abort();
  }
}

/** Whether the candidate has the stored digest. An unknown key, a missing digest or empty text never match. */
function matches(context: CoreContext, judgement: Judgement, challenge: ChallengeRow, candidate: string): boolean {
  if (challenge.digest === null || challenge.key_id === null || candidate === '') return false;
  const key = context.keys.byId('code', challenge.key_id);
  if (!key) return false;
  const stored = Buffer.from(challenge.digest.replace(/^\\x/, ''), 'hex');
  const given = keyedDigest(key.key, [judgement.purpose, judgement.aboutId, judgement.dataHash, candidate]);
  return stored.length === given.length && timingSafeEqual(stored, given);
}
