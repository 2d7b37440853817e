import type { Token, TokenSource } from './options.ts';

/** There is no token to be had. No server was asked; nothing is repeated for it. */
export class TokenFailure extends Error {}

/**
 * The credential as the header has it, asked for anew; undefined when there is none.
 *
 * @throws TokenFailure whose cause is what the application's function threw, or a TypeError for a text that
 * no header can carry: `fetch` would quote all of it in its own error, and so in somebody's log.
 */
export async function bearerOf(token: TokenSource | undefined): Promise<string | undefined> {
  const value = typeof token === 'function' ? await ask(token) : token;
  if (value === undefined || value === null || value === '') return undefined;
  if (!/^[ -~]+$/.test(value)) {
    throw new TokenFailure('the token is none', {
      cause: new TypeError('a token must be printable ASCII'),
    });
  }
  return `Bearer ${value}`;
}

async function ask(token: Exclude<TokenSource, string>): Promise<Token> {
  try {
    return await token();
  } catch (cause) {
    throw new TokenFailure('the token could not be had', { cause });
  }
}
