/** Who passkeys are made for, as the operator says it. */
export interface PasskeyOptions {
  /** The domain that passkeys belong to: `example.com`. It can never change: they would all be lost. */
  readonly rpId: string;
  /** Every origin that may ask for them, exactly as the browser spells it: `https://app.example.com`. */
  readonly origins: readonly string[];
  /** What the browser calls this service. Default: the name of the installation. */
  readonly rpName?: string;
}

/** Who passkeys are made for, checked. */
export interface RelyingParty {
  readonly id: string;
  readonly origins: readonly string[];
  readonly name: string | undefined;
}

/** @throws TypeError when an origin could never use a passkey of `rpId`, or should not. */
export function relyingParty({ rpId, origins, rpName }: PasskeyOptions): RelyingParty {
  if (!isDomain(rpId))
    throw new TypeError(`rpId must be a domain in lower case, or localhost; is ${JSON.stringify(rpId)}`);
  if (origins.length === 0) throw new TypeError('origins must name one origin at least');
  for (const origin of origins) assertOriginOf(rpId, origin);
  if (rpName !== undefined && (rpName.trim() === '' || rpName.length > 64))
    throw new TypeError('rpName must be a text of at most 64 characters');
  return { id: rpId, origins: [...origins], name: rpName };
}

// A last label that starts with a letter: an address such as 127.0.0.1 is no relying party identifier (WebAuthn §4).
const domain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function isDomain(rpId: string): boolean {
  return rpId === 'localhost' || (rpId.length <= 253 && domain.test(rpId));
}

/**
 * A passkey of a domain serves this domain and those below it, in a secure context (WebAuthn §4, §13.4.9). Origins are
 * compared whole later on: a pattern such as `*.example.com` would trust whoever gets a name there.
 */
function assertOriginOf(rpId: string, origin: string): void {
  const refuse = (what: string) => new TypeError(`origin ${JSON.stringify(origin)} ${what}`);
  const url = URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || url.origin !== origin)
    throw refuse('must be scheme, host and port as the browser spells them, without a path');
  const { hostname, protocol } = url;
  if (!isDomain(hostname) || (hostname !== rpId && !hostname.endsWith(`.${rpId}`)))
    throw refuse(`must be of ${rpId} or a domain below it`);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal))
    throw refuse('must be https; plain http is for localhost');
}
