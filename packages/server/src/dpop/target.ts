/** Of the characters that RFC 3986 has, with a host, and without anything a parser would have to guess. */
const absolute = /^https?:\/\/(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i;
const withoutHost = /^https?:\/\/(?:[/?#]|$)/i;

/**
 * The target of a request: its URL without query and fragment, normalized by RFC 3986, §6.2.2 and §6.2.3 (case
 * of scheme, host and percent-encodings; unreserved characters decoded; dot segments and the default port left
 * out). Two URLs of one target have one text. Null for what is no absolute `http` or `https` URL, or has a user
 * in it.
 *
 * @example
 * ```ts
 * targetOf('HTTPS://API.bank.example:443/%7eada/./x?limit=2#top'); // 'https://api.bank.example/~ada/x'
 * ```
 */
export function targetOf(url: string): string | null {
  if (!absolute.test(url) || withoutHost.test(url)) return null;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return null;
  return parsed.origin + parsed.pathname.replace(/%[0-9a-f]{2}/gi, normalizeEncoding);
}

function normalizeEncoding(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase();
}
