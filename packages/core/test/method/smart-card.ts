import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';
import type { MethodContract } from '../../testing/index.ts';

const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/);

function signed(...parts: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify(parts));
}

function isSigned(publicKey: string, text: Buffer, given: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' });
  return verify(null, text, key, Buffer.from(given, 'base64url'));
}

/** A method whose proofs are signatures and say yes or no: the other half of what a method can be. */
const smartCard = defineMethod({
  key: 'smart-card',
  title: 'Smart card',
  binding: 'cryptographic',
  provesBy: 'factor',
  endsWhenWrong: true,
  factor: z.strictObject({ publicKey: z.base64url().max(200) }),
  proof: z.strictObject({ signature, decision: z.enum(['grant', 'deny']) }),
  issue: ({ randomness }) => ({ options: { nonce: Buffer.from(randomness.bytes(16)).toString('hex') } }),
  verify({ proof, decision, request, challenge, factor }) {
    if (factor === null || challenge === null || proof.decision !== decision) return { valid: false };
    const text = signed(challenge.options, request.id, request.dataHash, decision);
    return { valid: isSigned(factor.config.publicKey, text, proof.signature) };
  },
  enrolment: {
    answer: z.strictObject({ signature }),
    begin: ({ given }) => ({ config: given, confirmedBy: 'required' }),
    complete: ({ config, factorId, answer }) => ({
      valid: isSigned(config.publicKey, signed(factorId), answer.signature),
    }),
  },
});

/** With a card of its own in it. */
export function createSmartCardContract(): MethodContract {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const signatureOf = (...parts: unknown[]) => sign(null, signed(...parts), privateKey).toString('base64url');
  return {
    method: smartCard,
    given: { publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url') },
    rightProof: ({ options, request, decision }) => ({
      decision,
      signature: signatureOf(options, request.id, request.dataHash, decision),
    }),
    rightAnswer: ({ factorId }) => ({ signature: signatureOf(factorId) }),
    saysDecision: true,
  };
}
