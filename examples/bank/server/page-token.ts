import type { Bank } from './bank.ts';

const lifetimeSeconds = 15 * 60;

/** The preset `subject`, as far as the pages use it, and what a host grants by name: a person's own factors. */
const scope = {
  rpc: {
    q: [
      'authorizationRequest.get',
      'authorizationRequest.list',
      'device.list',
      'event.list',
      'factor.list',
      'method.list',
    ],
    m: [
      'authorizationRequest.cancel',
      'authorizationRequest.challenge',
      'authorizationRequest.deny',
      'authorizationRequest.grant',
      'authorizationRequest.reset',
      'device.revoke',
      'device.setPrimary',
      'factor.confirm',
      'factor.create',
      'factor.remove',
      'factor.update',
    ],
    s: ['authorizationRequest.watch', 'event.stream'],
  },
};

/** The credential of a page for Countersign: of this person, in this session, and over when that is. */
export async function pageToken(
  { service }: Bank,
  who: { readonly subjectId: string; readonly sessionId: string },
): Promise<{ token: string | null; expiresAt: string }> {
  const issued = await service.scopedToken.issue({ ...who, scope, maxAgeSeconds: lifetimeSeconds });
  return { token: issued.token, expiresAt: issued.expiresAt.toISOString() };
}
