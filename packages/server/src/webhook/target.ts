import { isIP } from 'node:net';

/** Where a webhook goes, as its URL says it after the parser of URLs has read it. */
export interface Target {
  readonly isEncrypted: boolean;
  /** A name, or an address without brackets; without the dot that a name may end with. */
  readonly host: string;
  readonly isAddress: boolean;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  /** The `Host` header. */
  readonly authority: string;
}

/** Below lie the services of a system: mail, remote shells, file shares. No receiver of webhooks is there. */
const ownPortMin = 1024;

/**
 * Reads the URL of an endpoint, or answers null for one that nothing is sent to. All odd spellings of an address
 * (`127.1`, `0x7f000001`, `１２７。0.0.1`, `%3127.0.0.1`) are one after the parser (WHATWG URL, §3.5), so there is one to
 * judge.
 * A user in it is refused: it would be written wherever the URL is.
 */
export function targetOf(text: string): Target | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return null;
  const isEncrypted = url.protocol === 'https:';
  const portDefault = isEncrypted ? 443 : 80;
  const port = url.port === '' ? portDefault : Number(url.port);
  if (port !== portDefault && port < ownPortMin) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const isAddress = isIP(host) !== 0;
  if (!isAddress && !isName(host)) return null;
  return {
    isEncrypted,
    host,
    isAddress,
    port,
    path: url.pathname + url.search,
    authority: `${url.hostname.replace(/\.$/, '')}${url.port === '' ? '' : `:${url.port}`}`,
  };
}

/** RFC 1035, §2.3.4; an underscore is in use. */
function isName(host: string): boolean {
  return host.length <= 253 && /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(host);
}
