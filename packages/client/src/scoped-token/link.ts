const algorithm = { name: 'HMAC', hash: 'SHA-256' };

/**
 * One link of the chain: HMAC-SHA-256 of a `~` and a block, under the tag before it. Tags are given and returned
 * as text in which a character is a byte.
 *
 * @throws TypeError in a page that was loaded over plain HTTP from elsewhere: browsers keep WebCrypto from it.
 */
export async function link(tag: string, block: string): Promise<string> {
  const { subtle } = crypto as Partial<typeof crypto>;
  if (!subtle) throw new TypeError('there is no WebCrypto here: load the page over https');
  const key = await subtle.importKey('raw', bytesOf(tag), algorithm, false, ['sign']);
  const signature = await subtle.sign(algorithm.name, key, bytesOf(`~${block}`));
  return String.fromCharCode(...new Uint8Array(signature));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
