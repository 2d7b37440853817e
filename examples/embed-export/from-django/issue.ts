import {
  djangoPayloadFromClaims,
  inspectScopedToken,
  writeDjangoToken,
} from '@countersign/core/scoped-token';
import type { Countersign } from '@countersign/server';

/** What was `TokenManager(user, endpoints, max_age, recipient).generate_token()`. */
export async function issueToken(cs: Countersign): Promise<string> {
  const service = cs.createCaller({ kind: 'service' });
  const { token } = await service.scopedToken.issue({
    subjectId: '7',
    scope: { http: { GET: ['/api/v1/reports/**'] } },
    maxAgeSeconds: 360,
    recipient: 'partner',
  });
  if (token === null) throw new Error('only a repeated call has no token');
  return token;
}

/** The same for a verifier that is still Django: never more than the token allows, and for as long. */
export function tokenForDjango(token: string, secret: string): string {
  const inspection = inspectScopedToken(token);
  if (!inspection.ok) throw new Error(inspection.reason);
  // Django knows of no revocation.
  const { epo: _epoch, ...claims } = inspection.claims;
  return writeDjangoToken(djangoPayloadFromClaims(claims), { secret, now: claims.iat });
}
