import { authorizationsOf } from '../caller/authorization.ts';
import type { Presentation } from '../caller/identify.ts';
import type { ClientUrlOf } from '../dpop/public-url.ts';

/**
 * What was presented with an HTTP request: the header `Authorization`; where it is switched on, and to GET only, a
 * query parameter. With a token that is bound to a key of the client comes the header `DPoP`; where the client’s own
 * URL is not known, nothing is proven by it.
 */
export function presentationOf(
  request: Request,
  queryParameter: string | null,
  publicUrl: ClientUrlOf,
): Presentation {
  const { method, headers } = request;
  const proof = headers.get('dpop');
  const url = proof === null ? null : publicUrl(request);
  const inQuery =
    queryParameter !== null && method === 'GET'
      ? new URL(request.url).searchParams.getAll(queryParameter)
      : [];
  return {
    authorizations: authorizationsOf(headers),
    inQuery,
    carrier: 'h',
    possession: proof === null || url === null ? undefined : { proof, method, url },
  };
}
