export const urlCharactersMax = 2048;
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of an endpoint in its one spelling, or what is wrong with it. Whether the machine that it names may be
 * sent to is asked at each try, of the address that its name leads to then.
 */
export function readUrl(
  text: string,
  { allowsLoopback }: { readonly allowsLoopback: boolean },
): { readonly url: string } | { readonly wrong: string } {
  // Printable ASCII: a parser that drops tabs and line ends would read another address than a person does.
  if (text.length > urlCharactersMax || !/^[!-~]+$/.test(text))
    return { wrong: `must be a URL of at most ${urlCharactersMax} characters` };
  const url = URL.parse(text);
  if (url === null) return { wrong: 'must be a URL' };
  if (url.username !== '' || url.password !== '') return { wrong: 'must not contain a name or password' };
  if (text.includes('#')) return { wrong: 'must not contain a fragment' };
  const isPlainLoopback = allowsLoopback && url.protocol === 'http:' && loopbackHosts.has(url.hostname);
  if (url.protocol !== 'https:' && !isPlainLoopback) return { wrong: 'must begin with https://' };
  if (url.href.length > urlCharactersMax)
    return { wrong: `must be a URL of at most ${urlCharactersMax} characters` };
  return { url: url.href };
}
