import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticationBytes, decisionBytes } from '../../../src/method/methods/device/bytes.ts';
import {
  devicePublicKey,
  isSignedBy,
  publicKeyInput,
  thumbprintOf,
} from '../../../src/method/methods/device/public-key.ts';
import { algorithms, vectors } from './vectors.ts';

const publicKeyOf = (algorithm: (typeof algorithms)[number]) => {
  const { d: _, ...given } = vectors.keys[algorithm];
  return devicePublicKey(publicKeyInput.parse(given));
};

describe.each(vectors.decisions)('$what', ({ values, bytes, ...signatures }) => {
  const made = decisionBytes({ ...values, expiresAt: new Date(values.expiresAt * 1000 + 999) });

  it('is exactly the bytes of the contract, in whole seconds', () => {
    expect(made.toString('hex')).toBe(bytes);
  });

  it.each(algorithms)('is known by its signature of %s', (algorithm) => {
    expect(isSignedBy(publicKeyOf(algorithm), made, signatures[algorithm])).toBe(true);
  });
});

describe.each(vectors.authentications)('$what that says who it is', ({ values, bytes, ...signatures }) => {
  const made = authenticationBytes(values);

  it('signs exactly the bytes of the contract', () => {
    expect(made.toString('hex')).toBe(bytes);
    for (const algorithm of algorithms)
      expect(isSignedBy(publicKeyOf(algorithm), made, signatures[algorithm])).toBe(true);
  });
});

it('no decision has the bytes of an authentication, and none those of another decision', () => {
  const all = [...vectors.decisions, ...vectors.authentications].map(({ bytes }) => bytes);
  expect(new Set(all).size).toBe(all.length);
  for (const { bytes } of vectors.decisions)
    expect(bytes.startsWith(Buffer.from('countersign/device/v1\0').toString('hex'))).toBe(true);
});

it('a value that looks like the end of another one changes nothing else', () => {
  const said = { device: 'a","nonce":"n', nonce: 'n', subjectId: 'ada' };
  const other = { device: 'a', nonce: 'n","nonce":"n', subjectId: 'ada' };
  expect(authenticationBytes(said).equals(authenticationBytes(other))).toBe(false);
});

it.each(algorithms)('the thumbprint of a key is that of RFC 7638 (%s)', (algorithm) => {
  const key = publicKeyOf(algorithm);
  const { crv, kty, x, y } = vectors.keys[algorithm];
  const members = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  const expected = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  expect(thumbprintOf(key)).toBe(expected);
  expect(vectors.thumbprints[algorithm]).toBe(expected);
});
