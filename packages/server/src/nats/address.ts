import type { NatsBusOptions } from './options.ts';

/** Where to connect, and as whom. */
export interface NatsAddress {
  /** `host:port`: nothing that goes to the client, and so into its errors, has a password in it. */
  readonly hosts: readonly string[];
  readonly isEncrypted: boolean;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

const protocols = new Set(['nats:', 'tls:']);

/** Whether this is the URL of a NATS server, or several, separated by commas. */
export function isNatsUrl(text: string): boolean {
  try {
    natsAddress({ servers: text });
    return true;
  } catch {
    return false;
  }
}

/**
 * The servers as they are connected to: one user for all of them, encrypted if one of them is to be.
 *
 * @throws TypeError without the URL's text, which may have a password in it.
 */
export function natsAddress({
  servers,
  user,
  pass,
  token,
}: Pick<NatsBusOptions, 'servers' | 'user' | 'pass' | 'token'>): NatsAddress {
  const texts = (typeof servers === 'string' ? [servers] : servers).flatMap((text) => text.split(','));
  const urls = texts.map((text) => urlOf(text));
  if (urls.length === 0 || urls.includes(null))
    throw new TypeError('servers must be NATS URLs such as nats://host:4222 or tls://host:4222');
  const known = urls.filter((url) => url !== null);
  const given = [...new Set(known.map((url) => `${url.username}:${url.password}`))];
  if (given.filter((one) => one !== ':').length > 1)
    throw new TypeError('servers of one cluster have one user: give it once');
  const named = known.find((url) => url.username !== '');
  return {
    hosts: known.map((url) => url.host),
    isEncrypted: known.some((url) => url.protocol === 'tls:'),
    ...(named && userIn(named)),
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
  };
}

/** A name alone is a token, as everywhere in NATS. */
function userIn({ username, password }: URL): Pick<NatsAddress, 'user' | 'pass' | 'token'> {
  const name = decodeURIComponent(username);
  return password === '' ? { token: name } : { user: name, pass: decodeURIComponent(password) };
}

function urlOf(text: string): URL | null {
  const url = URL.parse(text.trim());
  const isOne =
    url !== null &&
    protocols.has(url.protocol) &&
    url.hostname !== '' &&
    (url.pathname === '' || url.pathname === '/') &&
    url.search === '' &&
    url.hash === '' &&
    !isMalformed(url);
  return isOne ? url : null;
}

function isMalformed({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return false;
  } catch {
    return true;
  }
}
