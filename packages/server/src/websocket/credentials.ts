import type { IncomingMessage } from 'node:http';
import type { Presentation } from '../caller/identify.ts';
import type { ClientUrlOf } from '../dpop/public-url.ts';
import { urlOf } from './admit-upgrade.ts';

export type ConnectionParameters = Readonly<Record<string, string | undefined>> | null;

/**
 * What was presented with a WebSocket: the connection parameter `authorization`, which is all that a browser can
 * give, or the header of that name, which programs may send instead. With a token that is bound to a key of the
 * client comes `dpop`, a proof for `GET` of the socket's own URL with `http` for `ws`; where the client's own URL is
 * not known, nothing is proven by it.
 *
 * Parameters come once. The URL is looked for then, and only when there is a proof.
 */
export function presentationOf(
  request: IncomingMessage,
  publicUrl: ClientUrlOf,
): (parameters: ConnectionParameters) => Presentation {
  const inHeaders = headerCredentials(request);
  // Until then: it would stay in memory as long as the socket.
  let opening: IncomingMessage | null = request;
  return (parameters) => {
    const authorization = parameterOf(parameters, 'authorization');
    const proof = parameterOf(parameters, 'dpop');
    const url = proof === undefined || opening === null ? null : clientUrlOf(opening, publicUrl);
    opening = null;
    return {
      authorizations: [...inHeaders, ...(authorization === undefined ? [] : [authorization])],
      carrier: authorization === undefined ? 'h' : 'w',
      possession: proof === undefined || url === null ? undefined : { proof, method: 'GET', url },
    };
  };
}

function clientUrlOf(request: IncomingMessage, publicUrl: ClientUrlOf): string | null {
  const url = urlOf(request);
  if (url === null) return null;
  return publicUrl({
    url: url.href,
    get headers() {
      return headersOf(request);
    },
  });
}

/** Every `Authorization` header of an upgrade request; Node's own table keeps the first one and drops the rest. */
function headerCredentials({ rawHeaders }: IncomingMessage): readonly string[] {
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
}

function parameterOf(parameters: ConnectionParameters, name: string): string | undefined {
  return parameters !== null && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}
