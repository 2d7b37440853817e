/**
 * What a proof names as its target (RFC 9449, §4.2): the URL without query, fragment and user, that of a
 * WebSocket with `http` or `https`. In browsers it may be relative.
 *
 * @throws TypeError when the URL is none, or has another scheme.
 */
export function targetOf(url: string | URL): string {
  const { location } = globalThis as { location?: { readonly href: string } };
  const target = new URL(url, location?.href);
  if (!/^(?:http|ws)s?:$/.test(target.protocol)) throw new TypeError('a proof is for an http or ws URL');
  target.protocol = target.protocol.replace('ws', 'http');
  target.search = target.hash = target.username = target.password = '';
  return target.href;
}
