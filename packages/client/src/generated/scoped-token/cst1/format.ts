// What the client needs of packages/core/src/scoped-token/cst1/format.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

/** The version is the algorithm: there is no other way to say which one is meant. */
export const tokenPrefix = 'cst1.';

export const tokenCharactersMax = 4096;
export const authorityCharactersMax = 3072;
export const blockCharactersMax = 1024;
export const blocksMax = 8;
/** 32 bytes in base64url, unpadded. */
export const tagCharacters = 43;
/** 32 bits in base 62. */
export const checksumCharacters = 6;

/** A short public name of a root key, looked up in a map. */
export function isKeyId(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z0-9]{1,16}$/.test(text); // a missing one would be “undefined”
}
