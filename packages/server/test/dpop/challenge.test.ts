import { expect, it } from 'vitest';
import { dpopChallenge } from '../../src/dpop/challenge.ts';
import { dpopRefusals } from '../../src/dpop/refusal.ts';

it('says what proofs are understood, as RFC 9449, §7.1, has it', () => {
  expect(dpopChallenge()).toBe('DPoP algs="ES256 EdDSA Ed25519"');
});

it('tells a proof that is wrong from a token that belongs to another key, and nothing more', () => {
  const texts = dpopRefusals.map((reason) => [reason, dpopChallenge(reason)] as const);
  expect(new Set(texts.map(([, text]) => text))).toEqual(
    new Set([
      'DPoP error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519"',
      'DPoP error="invalid_token", algs="ES256 EdDSA Ed25519"',
    ]),
  );
  expect(texts.filter(([, text]) => text.includes('invalid_token')).map(([reason]) => reason)).toEqual([
    'wrong_client_key',
  ]);
});
