import type { z } from 'zod';
import { actorKey } from '../actor.ts';
import type { CoreContext, PresentedToken } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { actorOfToken } from './actor-of-token.ts';
import { askedScope } from './asked-scope.ts';
import { assertFitForUrl, carrierLetters } from './carriers.ts';
import type { AcceptedToken } from './cst1/accepted-token.ts';
import { attenuateScopedToken } from './cst1/attenuate.ts';
import type { Block } from './cst1/claims.ts';
import { carriedRequest } from './paying-request.ts';
import { delegateValue, revocablesOf } from './revocation/revocation.ts';
import type { issueInput, issueOutput } from './schema.ts';
import { coversScope } from './scope/covers.ts';
import type { Scope } from './scope/scope.ts';
import { narrowToken } from './statement/narrow.ts';
import { tokenExists } from './statement/revoke.ts';
import { findRevoked } from './verifier.ts';

type Issued = z.output<typeof issueOutput>;
type Parsed = z.output<typeof issueInput>;

/**
 * Issues a token for the subject that presents one: the same token with a block more, so the same id, the same
 * carriers and client keys, never later, never wider. It is answered once and kept nowhere.
 *
 * @throws CountersignError `forbidden` without a token, for another subject or session, and for what only the
 * service may say; `scope_too_wide` for a grant or a carrier that the token presented does not cover; `lifetime_too_long` beyond
 * its end; `invalid_input` when there is no room, or for a delegate that was revoked; for `authorizationRequestId`
 * what `consume` refuses by; `unauthenticated` when it was revoked or has expired meanwhile; `not_found` for one that
 * was not issued here.
 */
export async function narrowPresentedToken(context: CoreContext, parsed: Parsed): Promise<Issued> {
  const { text, accepted } = admitNarrowing(context, parsed);
  const scope = askedScope(parsed);
  if (scope !== null && !coversScope(accepted.scope, scope)) throw new CountersignError('scope_too_wide');
  // The same words said with another token ask for something else.
  const asked = { ...parsed, presented: { id: accepted.id, blocks: accepted.blocks } };
  return await once(context, 'scopedToken.issue', asked, {
    write: async (writing) => {
      const block = await blockOf(writing, accepted, parsed, scope);
      const token = narrowed(text, block);
      const answer: Issued = { token, id: accepted.id, expiresAt: endOf(accepted, block) };
      await write(writing, accepted, block, answer.expiresAt);
      return { answer, repeated: { ...answer, token: null } };
    },
  });
}

/** Whose it is was decided by the token; saying so again is no harm, saying anything else is. */
function admitNarrowing({ actor, presented }: CoreContext, parsed: Parsed): PresentedToken {
  if (actor.kind !== 'subject' || presented === undefined) throw new CountersignError('forbidden');
  if (actorKey(actorOfToken(presented.accepted)) !== actorKey(actor)) throw new CountersignError('forbidden');
  const { subjectId = actor.subjectId, sessionId = actor.sessionId } = parsed;
  if (subjectId !== actor.subjectId || sessionId !== actor.sessionId || parsed.context !== undefined)
    throw new CountersignError('forbidden');
  return presented;
}

async function blockOf(
  context: CoreContext,
  { subjectId, sessionId, restrictions }: AcceptedToken,
  parsed: Parsed,
  scope: Scope | null,
): Promise<Block> {
  const { maxAgeSeconds, recipient, clientKeyThumbprint, delegateId, authorizationRequestId: id } = parsed;
  const now = Math.floor(context.clock.now().getTime() / 1000);
  const exp = maxAgeSeconds === undefined ? undefined : now + maxAgeSeconds;
  if (exp !== undefined && exp > restrictions.endsAt) throw new CountersignError('lifetime_too_long');
  const carriers = carrierLetters(parsed.carriers);
  if (Array.from(carriers ?? '').some((letter) => !restrictions.carriers.includes(letter)))
    throw new CountersignError('scope_too_wide');
  const lifetime = (exp ?? restrictions.endsAt) - restrictions.startsAt;
  assertFitForUrl(carriers, lifetime, id !== undefined || restrictions.requests.length > 0);
  const request = id === undefined ? null : await carriedRequest(context, { id, subjectId, sessionId });
  return {
    ...(exp !== undefined && { exp }),
    ...(scope !== null && { scp: scope }),
    ...(recipient !== undefined && { rcp: recipient }),
    ...(clientKeyThumbprint !== undefined && { cnf: { jkt: clientKeyThumbprint } }),
    ...(request !== null && { arq: request.claim }),
    ...(carriers !== undefined && { car: carriers }),
    ...(delegateId !== undefined && { cid: delegateId }),
  };
}

function endOf({ restrictions }: AcceptedToken, { exp = restrictions.endsAt }: Block): Date {
  return new Date(exp * 1000);
}

/** What the block may be was parsed with the input; what is left is room in the token. */
function narrowed(text: string, block: Block): string {
  try {
    return attenuateScopedToken(text, block);
  } catch (error) {
    if (!(error instanceof CountersignError) || error.reason !== 'invalid_input') throw error;
    throw invalidInput(
      [],
      'must fit into the token presented: 8 narrowings, 1,024 characters each',
      'too_big',
    );
  }
}

async function write(
  context: CoreContext,
  accepted: AcceptedToken,
  block: Block,
  expiresAt: Date,
): Promise<void> {
  const { kid, claims, subjectId } = accepted;
  const now = context.clock.now();
  const id = parseId('scopedToken', accepted.id);
  if (id === null || now.getTime() >= accepted.restrictions.endsAt * 1000)
    throw new CountersignError('unauthenticated');
  const revocables = revocablesOf(kid, claims, [...accepted.blocks, block]);
  const [written] = await context.db.query(narrowToken, {
    ...eventParametersOf(context, now, undefined),
    id,
    eventId: context.ids.uuid(),
    subjectId,
    recipient: block.rcp ?? null,
    delegateId: block.cid ?? null,
    expiresAt,
    kinds: revocables.map(({ kind }) => kind),
    values: revocables.map(({ value }) => value),
    epoch: claims.epo ?? 0,
  });
  if (written) return;
  const [known] = await context.db.query(tokenExists, { id, subjectId });
  if (!known) throw new CountersignError('not_found');
  if (block.cid !== undefined) {
    const delegate = { kind: 'jti/cid', value: delegateValue(claims.jti, block.cid) } as const;
    if (await findRevoked(context.database, [delegate], 0, now))
      throw invalidInput(['delegateId'], 'was revoked; name another one');
  }
  throw new CountersignError('unauthenticated');
}
