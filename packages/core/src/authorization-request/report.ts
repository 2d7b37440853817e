import { judgeProof } from '../challenge/judge.ts';
import type { CoreContext } from '../context.ts';
import { factorOfProof } from '../factor/of-proof.ts';
import { formatId } from '../id.ts';
import { loadRequest } from './get.ts';
import { parseProof } from './parse-proof.ts';
import { requestPurpose } from './purpose.ts';
import type { ProofInput } from './schema.ts';
import { readOpenChallenges } from './statement/read.ts';
import { openChallengesOf } from './verify.ts';

/**
 * The factor that signed "this was not me", or null. A signature over the decision `deny` cannot be guessed, so asking
 * costs no attempt; anything else is a plain no, which anybody of the subject may say (the contract, "Deny").
 *
 * @throws CountersignError `invalid_input` for a proof of the wrong shape, `not_found`.
 */
export async function signerOfReport(
  context: CoreContext,
  uuid: string,
  proof: ProofInput,
): Promise<`fact_${string}` | null> {
  const { method, parsed } = parseProof(context.methods, proof);
  if (!method.prompts || method.provesBy !== 'factor') return null;
  const reading = { ...context, db: context.database.pool };
  const row = await loadRequest(reading, uuid);
  const { subject_id: subjectId, factor_ids: ids } = row;
  const factor = await factorOfProof(reading, method, parsed, { subjectId, ids, asked: null });
  if (!factor || factor.binding !== 'cryptographic') return null;
  if (context.actor.kind === 'device' && factor.known.id !== context.actor.factorId) return null;
  const now = context.clock.now();
  const challenges = await reading.db.query(readOpenChallenges, { id: uuid, method: method.key, now });
  const answer = await judgeProof(context, {
    purpose: requestPurpose,
    aboutId: row.id,
    dataHash: row.data_hash,
    request: {
      kind: 'authorization_request',
      id: formatId('authorizationRequest', row.id),
      slug: row.slug,
      subjectId,
      dataHash: row.data_hash.toString('base64url'),
      displayHash: row.display_hash.toString('base64url'),
    },
    method,
    settings: factor.configured.settings,
    proof: parsed,
    decision: 'deny',
    factor: factor.known,
    challenges: openChallengesOf(challenges),
    now,
    passedAlong: null,
  });
  return answer && answer.verdict.binding !== 'none' && answer.challenge ? factor.known.id : null;
}
