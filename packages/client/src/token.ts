import type { Token, TokenSource } from './options.ts';

/** The application's own function failed. No server was asked; nothing is repeated for it. */
export class TokenFailure extends Error {}

/**
 * The credential as the header has it, asked for anew; undefined when there is none.
 *
 * @throws TokenFailure whose cause is what the application's function threw.
 */
export async function bearerOf(token: TokenSource | undefined): Promise<string | undefined> {
  const value = typeof token === 'function' ? await ask(token) : token;
  return value === undefined || value === null || value === '' ? undefined : `Bearer ${value}`;
}

async function ask(token: Exclude<TokenSource, string>): Promise<Token> {
  try {
    return await token();
  } catch (cause) {
    throw new TokenFailure('the token could not be had', { cause });
  }
}
