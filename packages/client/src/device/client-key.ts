import { newKey, now } from '../runtime.ts';
import { base64urlOf, base64urlOfText } from './base64url.ts';
import { exportPublicKey, sha256Of, thumbprintOf } from './public-key.ts';
import { assertSecureContext } from './secure-context.ts';
import { targetOf } from './target.ts';

/** The request that a proof is made for. */
export interface ProvenRequest {
  readonly method: string;
  /** As it is fetched; query and fragment play no part. Of a WebSocket with `ws`, `wss`, `http` or `https`. */
  readonly url: string;
  /** The token that goes with it, without a scheme. */
  readonly token: string;
}

/** A key that scoped tokens can be bound to: whoever steals such a token cannot use it without the key. */
export interface ClientKey {
  /**
   * What the browser keeps of it. IndexedDB stores it as it is; the private half can be used by this origin and
   * read by nobody.
   */
  readonly pair: CryptoKeyPair;
  /** RFC 7638; the `clientKeyThumbprint` that `scopedToken.issue` binds a token to. */
  readonly thumbprint: string;
  /**
   * A proof for one request, to be sent once and soon, as the header `DPoP` (RFC 9449). For a WebSocket: of method
   * `GET`, as the connection parameter `dpop`, a new one for every connection.
   *
   * @throws TypeError for a URL that is none.
   */
  proof(of: ProvenRequest): Promise<string>;
}

export interface ClientKeyOptions {
  /**
   * Milliseconds since 1970, where the server's time is known better than by the clock of the device. A server
   * refuses what was made more than a minute ago, or more than five seconds in the future.
   */
  readonly now?: (() => number) | undefined;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;

/**
 * Makes a new key, whose private half never leaves the browser's own keeping.
 *
 * @example
 * ```ts
 * const key = await createClientKey();
 * const proof = await key.proof({ method: 'POST', url: 'https://bank.example/trpc/device.list', token: 'cst1…' });
 * ```
 * @throws Error where a page has no WebCrypto, which is everywhere but on https and localhost.
 */
export async function createClientKey(options: ClientKeyOptions = {}): Promise<ClientKey> {
  assertSecureContext();
  const isExtractable = false;
  return clientKeyFrom(
    await crypto.subtle.generateKey(algorithm, isExtractable, ['sign', 'verify']),
    options,
  );
}

/**
 * The key of a pair that was kept, from `key.pair`.
 *
 * @example
 * ```ts
 * const { pair, thumbprint } = await createClientKey();
 * const again = await clientKeyFrom(pair);
 * console.log(again.thumbprint === thumbprint); // true
 * ```
 * @throws TypeError for a pair that is not one for ECDSA on P-256, or cannot sign.
 */
export async function clientKeyFrom(
  pair: CryptoKeyPair,
  { now: time = now }: ClientKeyOptions = {},
): Promise<ClientKey> {
  assertSecureContext();
  const { privateKey, publicKey } = pair;
  if (!privateKey.usages.includes('sign')) throw new TypeError('the private key of a client key must sign');
  const jwk = await exportPublicKey(publicKey);
  const header = base64urlOfText(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk }));

  return {
    pair,
    thumbprint: await thumbprintOf(jwk),
    async proof({ method, url, token }) {
      const claims = {
        jti: newKey(),
        htm: method,
        htu: targetOf(url),
        iat: Math.floor(time() / 1000),
        ath: await sha256Of(token),
      };
      const signed = `${header}.${base64urlOfText(JSON.stringify(claims))}`;
      const signature = await crypto.subtle.sign(signing, privateKey, new TextEncoder().encode(signed));
      return `${signed}.${base64urlOf(new Uint8Array(signature))}`;
    },
  };
}
