import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import { verifyScopedToken } from './cst1/verify.ts';
import { revocablesOf } from './revocation/revocation.ts';
import { introspectInput, introspectOutput } from './schema.ts';
import type { TokenTrust } from './trust.ts';
import { findRevoked, keyIdOf } from './verifier.ts';

/**
 * What a token says, if it is ours, in its time and not revoked: the database is asked each time. Why it is not is
 * not told. It has no effect, so an idempotency key changes nothing.
 *
 * @throws CountersignError `forbidden`; `unavailable_dependency` when nobody can say.
 */
export async function introspectScopedToken(
  context: CoreContext,
  trust: TokenTrust,
  input: z.input<typeof introspectInput>,
): Promise<z.output<typeof introspectOutput>> {
  const { token } = parseInput(introspectInput, input);
  requireService(context.actor);
  await trust.ready();
  const now = context.clock.now();
  const verified = verifyScopedToken(token, {
    keys: (kid) => trust.find(kid),
    audience: trust.audience,
    now: now.getTime() / 1000,
  });
  if (!verified.ok) return { active: false };
  const { claims, blocks } = verified;
  const revocables = revocablesOf(keyIdOf(token), claims, blocks);
  if (await findRevoked(context.database, revocables, claims.epo ?? 0, now)) return { active: false };
  return introspectOutput.parse({ active: true, claims, ...(blocks.length > 0 && { blocks }) });
}
