import type { IncomingMessage } from 'node:http';
import type { Presentation } from '../caller/identify.ts';
import type { SeenRequest } from '../dpop/public-url.ts';
import { urlOf } from './admit-upgrade.ts';

type Parameters = Readonly<Record<string, string | undefined>> | null;

/**
 * What was presented with a WebSocket: the connection parameter `authorization`, which is all that a browser can
 * give, or the header of that name, which programs may send instead. With a token that is bound to a key of the
 * client comes `dpop`, a proof for `GET` of the socket's own URL with `http` for `ws`.
 */
export function presentationOf(
  request: IncomingMessage,
  publicUrl: (request: SeenRequest) => string,
): (parameters: Parameters) => Presentation {
  const inHeaders = headerCredentials(request);
  // The request itself would stay in memory as long as the socket.
  const url = urlOf(request);
  const address = url === null ? null : publicUrl({ url: url.href, headers: headersOf(request) });
  return (parameters) => {
    const authorization = parameterOf(parameters, 'authorization');
    const proof = parameterOf(parameters, 'dpop');
    return {
      authorizations: [...inHeaders, ...(authorization === undefined ? [] : [authorization])],
      carrier: authorization === undefined ? 'h' : 'w',
      possession:
        proof === undefined || address === null ? undefined : { proof, method: 'GET', url: address },
    };
  };
}

/** Every `Authorization` header of an upgrade request; Node's own table keeps the first one and drops the rest. */
function headerCredentials({ rawHeaders }: IncomingMessage): readonly string[] {
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
}

function parameterOf(parameters: Parameters, name: string): string | undefined {
  return parameters !== null && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}
