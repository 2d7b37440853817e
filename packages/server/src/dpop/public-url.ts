import { silentLogger, type Logger } from '@countersign/core';
import { onceAMinute } from './once-a-minute.ts';
import { targetOf } from './target.ts';

/** As much of a request as says where it went: a `Request`, or the address and headers of an upgrade. */
export interface SeenRequest {
  /** Absolute, as this server sees it; a function of a host gets it without its query. */
  readonly url: string;
  /** A function of a host gets them without credentials. */
  readonly headers: Headers;
}

/**
 * Where clients reach this server: the URL under which they reach its root, `https://api.bank.example` or
 * `https://bank.example/security`; or a function that tells the URL of one request. Nobody here believes a header
 * about it, not `X-Forwarded-Host` and not `Host`: whoever sends a request on, with a proof that was made for
 * themselves, writes their own name there. A function may believe one, of a proxy that overwrites it.
 */
export type PublicUrl = string | ((request: SeenRequest) => string);

const notSaid = 'a proof of a client key proves nothing here: say publicUrl, where clients reach this server';
const notAnswered = 'a proof of a client key proves nothing here: publicUrl did not answer with a URL';

/** The URL that the client of a request used. Null when nobody can say: then no proof of a key counts. Never throws. */
export type ClientUrlOf = (request: SeenRequest) => string | null;

/**
 * Answers for each request the URL that its client used. Without a `publicUrl` only a server that is reached as
 * `localhost`, or by a loopback address, knows it.
 *
 * What a host's function does wrong is written to the log, once a minute, and is no URL.
 *
 * @example
 * ```ts
 * const publicUrl = createPublicUrl('https://bank.example/security');
 * publicUrl(new Request('http://10.0.0.7:4020/trpc/method.list')); // 'https://bank.example/security/trpc/method.list'
 * ```
 * @throws TypeError for a text that is no `http` or `https` URL, or one with a query, a fragment or a user.
 */
export function createPublicUrl(publicUrl?: PublicUrl, logger: Logger = silentLogger): ClientUrlOf {
  const find = finderOf(publicUrl);
  const complain = onceAMinute((fields: Readonly<Record<string, unknown>>) =>
    publicUrl === undefined ? logger.warn(fields, notSaid) : logger.error(fields, notAnswered),
  );
  return (request) => {
    try {
      const found: unknown = find(request);
      if (typeof found === 'string' && targetOf(found) !== null) return found;
      // A promise is none of the answers that are asked for; one that is rejected would end the process.
      void Promise.resolve(found).catch(() => undefined);
      complain({});
    } catch (err) {
      complain({ err });
    }
    return null;
  };
}

function finderOf(publicUrl: PublicUrl | undefined): ClientUrlOf {
  if (publicUrl === undefined) return ({ url }) => (isLoopback(url) ? url : null);
  if (typeof publicUrl === 'function') return (request) => publicUrl(withoutCredentials(request));
  const target = targetOf(publicUrl);
  if (target === null || /[?#]/.test(publicUrl))
    throw new TypeError('publicUrl must be an http or https URL without query, fragment and user');
  const root = target.replace(/\/+$/, '');
  return ({ url }) => {
    const { pathname, search } = new URL(url);
    return root + pathname + search;
  };
}

/** A name that no resolver asks anybody about (RFC 6761, §6.3), or an address that leads nowhere else. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** An error may tell all that a function was given, and be logged. */
function withoutCredentials({ url, headers }: SeenRequest): SeenRequest {
  const shown = new Headers(headers);
  for (const name of ['authorization', 'proxy-authorization', 'cookie', 'dpop']) shown.delete(name);
  return { url: url.replace(/[?#].*$/s, ''), headers: shown };
}
