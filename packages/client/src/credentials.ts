import type { BoundKey, TokenSource } from './options.ts';

/** There is no credential to be had. No server was asked; nothing is repeated for it. */
export class TokenFailure extends Error {}

/** Headers of a request, or the parameters of a WebSocket: both have the same names. */
export type Presented = Readonly<Record<string, string>>;

/** By what this client says who it is. */
export interface Credentials {
  /**
   * The credential as the header has it, asked for anew; undefined when there is none.
   *
   * @throws TokenFailure whose cause is what the application's function threw, or a TypeError for a text that
   * no header can carry: `fetch` would quote all of it in its own error, and so in somebody's log.
   */
  authorization(): Promise<string | undefined>;
  /**
   * That credential for one request, with the proof of the client key if there is one.
   *
   * @throws TokenFailure whose cause is what the key threw.
   */
  presented(authorization: string | undefined, method: string, url: string): Promise<Presented>;
}

export function createCredentials(token: TokenSource | undefined, key: BoundKey | undefined): Credentials {
  const scheme = key ? 'DPoP ' : 'Bearer ';
  return {
    async authorization() {
      const value = typeof token === 'function' ? await ask(token) : token;
      if (value === undefined || value === null || value === '') return undefined;
      if (!/^[ -~]+$/.test(value)) {
        throw new TokenFailure('the token is none', {
          cause: new TypeError('a token must be printable ASCII'),
        });
      }
      return scheme + value;
    },
    async presented(authorization, method, url): Promise<Presented> {
      if (authorization === undefined) return {};
      if (key === undefined) return { authorization };
      // The URL as a proof has it: without query and fragment (RFC 9449 §4.2).
      const of = { method, url: url.replace(/[?#].*/, ''), token: authorization.slice(scheme.length) };
      return { authorization, dpop: await ask(() => key.proof(of)) };
    },
  };
}

async function ask<Answer>(source: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await source();
  } catch (cause) {
    throw new TokenFailure('the token could not be had', { cause });
  }
}
