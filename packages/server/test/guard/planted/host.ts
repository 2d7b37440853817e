import { CountersignError, type Actor } from '@countersign/core';
import { initTRPC, TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import type { Countersign } from '../../../src/index.ts';
import { Payment, type BankContext } from '../bank.ts';

/** What a host knows of a call. */
export interface HostContext extends BankContext {
  readonly actor: Extract<Actor, { kind: 'subject' }>;
  /** What the host keeps for the session. */
  readonly session: Session;
  /** What the client says the call was authorized by. */
  readonly claimed?: string | undefined;
}

export interface Session {
  authorizedUntil?: number;
  /** Which request was made for which data. */
  readonly asked: Map<string, string>;
}

export interface Transfer {
  readonly to: string;
  readonly amountCents: number;
}

export const t = initTRPC.context<HostContext>().create();

/** The resolver behind every guard, naive or ours. */
export async function pay({ ctx, input }: { ctx: HostContext; input: Transfer }): Promise<Transfer> {
  const { to, amountCents } = input;
  ctx.em.create(Payment, { id: randomUUID(), to, amountCents, authorizationRequestId: 'of no matter' });
  await ctx.em.flush();
  await ctx.afterwards?.();
  return { to, amountCents };
}

/** What each naive guard does rightly: without a grant it asks for one. */
export async function ask(cs: Countersign, { actor, session }: HostContext, data: Transfer): Promise<Error> {
  const { subjectId, sessionId } = actor;
  const authorizationRequest = await cs.authorizationRequest.create({
    slug: 'transfer',
    subjectId,
    data,
    ...(sessionId !== null && { sessionId }),
  });
  session.asked.set(JSON.stringify(data), authorizationRequest.id);
  return new TRPCError({
    code: 'PRECONDITION_REQUIRED',
    cause: new CountersignError('authorization_required', { authorizationRequest }),
  });
}

/** The request that was made for this data in this session, once it is granted and while it is not used. */
export async function grantFor(
  cs: Countersign,
  { session }: HostContext,
  data: Transfer,
): Promise<string | null> {
  const id = session.asked.get(JSON.stringify(data));
  if (id === undefined) return null;
  const { state, consumedAt } = await cs.createCaller({ kind: 'service' }).authorizationRequest.get({ id });
  return state === 'granted' && consumedAt === null ? id : null;
}
