import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId, parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import type { AcceptedToken } from './cst1/accepted-token.ts';
import { latestExpiry } from './key/lifetimes.ts';
import { delegateValue, sessionOfSubjectValue, type Revocable } from './revocation/revocation.ts';
import { revokeInput, type revokeOutput } from './schema.ts';
import {
  requestExists,
  revokeDelegate,
  revokePaidBy,
  revokeSession,
  revokeSubject,
  revokeToken,
  tokenExists,
} from './statement/revoke.ts';
import { tokenIdOfUuid } from './token-id.ts';
import type { TokenTrust } from './trust.ts';

type Parsed = z.output<typeof revokeInput>;
type Answer = z.output<typeof revokeOutput>;

/** How many delegates of one token can be revoked, each with a place in every node's memory. */
const delegatesRevokedMax = 64;

/**
 * Ends tokens before their time: one, one delegate of it, all of a session, all that carry a request, or all of a subject. In force here when
 * it answers, on every other node within a second. What was narrowed from a token ends with it. A subject ends its
 * own: any of its tokens, its tokens of the session it is in, or everything. A delegate, whose token was narrowed with
 * a `delegateId`, ends what it holds itself, and nothing else; a delegate's delegate ends nothing.
 *
 * Of one token 64 delegates are revoked one by one. The next one ends the token itself, with all of them, and the
 * answer says `tokenEnded`.
 *
 * @throws CountersignError `forbidden`, also for a delegate that asks for more than its own; `not_found` for an id that is none,
 * and for what is not the subject's own.
 */
export async function revokeScopedTokens(
  context: CoreContext,
  trust: TokenTrust,
  input: z.input<typeof revokeInput>,
): Promise<Answer> {
  const parsed = parseInput(revokeInput, input);
  admitRevocation(context, parsed);
  await trust.ready();
  return await once(context, 'scopedToken.revoke', parsed, {
    write: async (writing) => {
      const answer = await revoke(writing, parsed);
      return { answer, isNews: answer.revoked > 0, afterCommit: () => trust.refresh() };
    },
  });
}

/** No session never equals a session: a subject without one names none as its own. */
function admitRevocation({ actor, presented }: CoreContext, parsed: Parsed): void {
  const { subjectId, sessionId, context } = parsed;
  if (actor.kind === 'service') return;
  if (actor.kind !== 'subject' || context !== undefined) throw new CountersignError('forbidden');
  if (presented !== undefined) admitDelegate(presented.accepted, parsed);
  const isForeign = subjectId !== undefined && subjectId !== actor.subjectId;
  if (isForeign || (sessionId !== undefined && sessionId !== actor.sessionId))
    throw new CountersignError('not_found');
}

/**
 * Who was handed a token may give it back, and not take it from who handed it out. With two names it could give back
 * neither: the first is not its own, and the second anybody with the first can invent, without end.
 */
function admitDelegate({ id, blocks }: AcceptedToken, parsed: Parsed): void {
  const names = new Set(blocks.flatMap(({ cid }) => (cid === undefined ? [] : [cid])));
  if (names.size === 0) return;
  const isOwn = parsed.id === id && parsed.delegateId !== undefined && names.has(parsed.delegateId);
  if (!isOwn || names.size > 1) throw new CountersignError('forbidden');
}

async function revoke(context: CoreContext, parsed: Parsed): Promise<Answer> {
  const now = context.clock.now();
  const told = { ...eventParametersOf(context, now, parsed.context), revocationId: context.ids.uuid() };
  const lasting = { ...told, latestExpiry: latestExpiry(now), notAfter: addSeconds(latestExpiry(now), 3600) };
  const { id, delegateId, sessionId, subjectId, authorizationRequestId } = parsed;
  const owner = context.actor.kind === 'subject' ? context.actor.subjectId : null;
  const { db } = context;
  if (sessionId !== undefined) {
    const named = sessionNamed(sessionId, owner);
    return count(await db.query(revokeSession, { ...lasting, ...named, sessionId, subjectId: owner }));
  }
  if (subjectId !== undefined) {
    const presentedEpoch = context.presented ? (context.presented.accepted.claims.epo ?? 0) : null;
    const asked = { ...lasting, subjectId, always: owner === null, presentedEpoch };
    return count(await db.query(revokeSubject, asked));
  }
  if (authorizationRequestId !== undefined) {
    const requestId = parseId('authorizationRequest', authorizationRequestId);
    const [request] =
      requestId === null
        ? []
        : await db.query(requestExists, {
            id: requestId,
            subjectId: owner,
            sessionId: sessionOf(context.actor),
          });
    if (requestId === null || !request) throw new CountersignError('not_found');
    const claimed = formatId('authorizationRequest', requestId);
    return count(await db.query(revokePaidBy, { ...lasting, requestId, claimed }));
  }

  const uuid = id === undefined ? null : parseId('scopedToken', id);
  const [known] = uuid === null ? [] : await db.query(tokenExists, { id: uuid, subjectId: owner });
  if (uuid === null || !known) throw new CountersignError('not_found');
  const jti = tokenIdOfUuid(uuid);
  if (delegateId === undefined) return count(await db.query(revokeToken, { ...told, id: uuid, jti }));
  const delegate = delegateValue(jti, delegateId);
  const asked = { ...told, id: uuid, jti, delegate, delegateId, delegatesMax: delegatesRevokedMax };
  const [row] = await db.query(revokeDelegate, asked);
  return { revoked: row?.revoked ?? 0, ...(row?.token_ended && { tokenEnded: true }) };
}

/** A host may give two subjects a session of one name, so a subject ends the session as its own. */
function sessionNamed(sessionId: string, owner: string | null): Revocable {
  return owner === null
    ? { kind: 'sid', value: sessionId }
    : { kind: 'sub/sid', value: sessionOfSubjectValue(owner, sessionId) };
}

/** Requests of another session are nobody's business. */
function sessionOf(actor: Actor): string | null {
  return actor.kind === 'subject' ? actor.sessionId : null;
}

function count([row]: readonly { readonly revoked: number }[]): Answer {
  return { revoked: row?.revoked ?? 0 };
}

function addSeconds(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
