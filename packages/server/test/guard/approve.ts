import { otp, type Actor, type AuthorizationRequestView } from '@countersign/core';
import type { TRPCError } from '@trpc/server';
import type { Countersign } from '../../src/index.ts';

/** Codes go to the address of the subject, as the host knows it; whoever approves reads the newest for that request. */
export function mailedCodes() {
  const codes = new Map<string, string>();
  const method = otp({
    send: async ({ request, code }) => void codes.set((request as { id: string }).id, code),
    resolve: ({ subjectId }) => ({ channel: 'email', address: `${subjectId}@example.org` }),
  });
  async function approve(cs: Countersign, actor: Actor, { id }: { readonly id: string }): Promise<void> {
    const proof = { method: 'otp', code: codes.get(id) ?? '' };
    const { granted } = await cs.createCaller(actor).authorizationRequest.grant({ id, proof });
    if (!granted) throw new Error('the code was wrong');
  }
  return { method, approve };
}

interface Refused {
  readonly code: TRPCError['code'];
  readonly reason: string | undefined;
  readonly request: AuthorizationRequestView;
  readonly error: TRPCError;
}

/** The refusal of a call in this process. */
export async function refusalOf(call: Promise<unknown>): Promise<Refused> {
  const error = await call.then(
    () => {
      throw new Error('it was not refused');
    },
    (thrown: unknown) => thrown as TRPCError,
  );
  const cause = error.cause as { reason?: string; authorizationRequest?: unknown } | undefined;
  return {
    code: error.code,
    reason: cause?.reason,
    request: cause?.authorizationRequest as AuthorizationRequestView,
    error,
  };
}
