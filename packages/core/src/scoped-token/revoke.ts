import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId, parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { latestExpiry } from './key/lifetimes.ts';
import { delegateValue } from './revocation/revocation.ts';
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

/**
 * Ends tokens before their time: one, one delegate of it, all of a session, all that carry a request, or all of a subject. In force here when
 * it answers, on every other node within a second. What was narrowed from a token ends with it. A subject ends its
 * own: any of its tokens, the session it is in, or everything.
 *
 * @throws CountersignError `forbidden`, `not_found` for an id that is none, and for what is not the subject's own.
 */
export async function revokeScopedTokens(
  context: CoreContext,
  trust: TokenTrust,
  input: z.input<typeof revokeInput>,
): Promise<z.output<typeof revokeOutput>> {
  const parsed = parseInput(revokeInput, input);
  admitRevocation(context.actor, parsed);
  await trust.ready();
  return await once(context, 'scopedToken.revoke', parsed, {
    write: async (writing) => ({
      answer: { revoked: await revoke(writing, parsed) },
      afterCommit: () => trust.refresh(),
    }),
  });
}

/** No session never equals a session: a subject without one names none as its own. */
function admitRevocation(actor: Actor, { subjectId, sessionId, context }: Parsed): void {
  if (actor.kind === 'service') return;
  if (actor.kind !== 'subject' || context !== undefined) throw new CountersignError('forbidden');
  const isForeign = subjectId !== undefined && subjectId !== actor.subjectId;
  if (isForeign || (sessionId !== undefined && sessionId !== actor.sessionId))
    throw new CountersignError('not_found');
}

async function revoke(context: CoreContext, parsed: Parsed): Promise<number> {
  const now = context.clock.now();
  const told = { ...eventParametersOf(context, now, parsed.context), revocationId: context.ids.uuid() };
  const { id, delegateId, sessionId, subjectId, authorizationRequestId } = parsed;
  const owner = context.actor.kind === 'subject' ? context.actor.subjectId : null;
  const { db } = context;
  if (sessionId !== undefined)
    return count(await db.query(revokeSession, { ...told, sessionId, notAfter: latestExpiry(now) }));
  if (subjectId !== undefined)
    return count(await db.query(revokeSubject, { ...told, subjectId, notAfter: latestExpiry(now) }));
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
    return count(await db.query(revokePaidBy, { ...told, requestId, claimed, notAfter: latestExpiry(now) }));
  }

  const uuid = id === undefined ? null : parseId('scopedToken', id);
  const [known] = uuid === null ? [] : await db.query(tokenExists, { id: uuid, subjectId: owner });
  if (uuid === null || !known) throw new CountersignError('not_found');
  const jti = tokenIdOfUuid(uuid);
  if (delegateId === undefined) return count(await db.query(revokeToken, { ...told, id: uuid, jti }));
  const delegate = delegateValue(jti, delegateId);
  return count(await db.query(revokeDelegate, { ...told, id: uuid, delegate, delegateId }));
}

/** Requests of another session are nobody's business. */
function sessionOf(actor: Actor): string | null {
  return actor.kind === 'subject' ? actor.sessionId : null;
}

function count([row]: readonly { readonly revoked: number }[]): number {
  return row?.revoked ?? 0;
}
