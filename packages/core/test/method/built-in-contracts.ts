import { z } from 'zod';
import type { Method } from '../../src/method/define.ts';
import * as builtInMethods from '../../src/method/methods/index.ts';
import { decisionBytes } from '../../src/method/methods/device/bytes.ts';
import { devicePublicKey, publicKeyInput } from '../../src/method/methods/device/public-key.ts';
import { createVirtualPasskey, type MethodContract } from '../../testing/index.ts';
import { codeAt } from './authenticator-app.ts';
import { testKey } from './device/keys.ts';

const address = { channel: 'email', address: 'ada@example.org' };
const surroundings = {
  send: async (): Promise<void> => undefined,
  rpId: 'localhost',
  origins: ['http://localhost'],
};

/** How people prove, where that is not the code of a message that went where the request says. */
const ways: Readonly<Record<string, (method: Method) => Partial<MethodContract>>> = {
  otp: () => ({ given: address }),
  totp: () => ({ rightProof: ({ setup, now }) => ({ code: codeAt(setup, now) }) }),
  passkey() {
    const phone = createVirtualPasskey({ rpId: 'localhost', origin: 'http://localhost' });
    return {
      rightAnswer: ({ setup }) => ({ response: phone.register((setup as { options: unknown }).options) }),
      rightProof: ({ options }) => ({ response: phone.authenticate(options) }),
      // Well-formed as a proof and as a registration; what comes near a right one is in passkey/.
      wrongProofs: [
        {
          response: {
            id: phone.credentialId,
            rawId: phone.credentialId,
            type: 'public-key',
            response: {
              clientDataJSON: 'AA',
              attestationObject: 'AA',
              authenticatorData: 'AA',
              signature: 'AA',
            },
          },
        },
      ],
    };
  },
  device(method) {
    const { jwk, sign } = testKey();
    const uuid = 'phone-1';
    const config = { kind: 'keyed', uuid, publicKey: devicePublicKey(publicKeyInput.parse(jwk)) };
    return {
      // A device becomes a factor by `device.register`; here it is one.
      method: {
        ...method,
        enrolment: {
          given: z.strictObject({}),
          answer: z.strictObject({}),
          begin: () => ({ config, confirmedBy: 'none' }),
          complete: () => ({ valid: false }),
        },
      },
      saysDecision: true,
      rightProof({ request, decision, digits, options, now }) {
        const { nonce } = options as { nonce: string };
        const carried = digits ?? '';
        // The suite gives five minutes to answer.
        const expiresAt = new Date(now.getTime() + 300_000);
        const { dataHash, displayHash, id } = request;
        const said = {
          dataHash,
          displayHash,
          request: id,
          decision,
          device: uuid,
          digits: carried,
          nonce,
          expiresAt,
        };
        return { uuid, decision, digits: carried, signature: sign(decisionBytes(said)) };
      },
    };
  },
  'recovery-code': () => ({
    rightProof: ({ setup }) => ({ code: (setup as { codes: string[] }).codes[0] }),
    wrongProofs: [{ code: '0000-0000-0000-0000' }],
  }),
  dummy: () => ({
    given: { atOnce: true, label: 'mine' },
    rightProof: () => ({ answer: 'right' }),
    wrongProofs: [{ answer: 'wrong' }],
  }),
};

/** The contract of every method that comes with Countersign, under its key. */
export const builtInContracts: readonly (readonly [key: string, makeContract: () => MethodContract])[] =
  Object.values(builtInMethods).map((make) => {
    const { key } = make(surroundings);
    return [
      key,
      () => {
        const method = make(surroundings);
        return { method, deliverTo: address, ...ways[key]?.(method) };
      },
    ];
  });
