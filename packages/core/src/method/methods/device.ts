import { defineMethod, type IssueInput, type Method, type Verdict, type VerifyInput } from '../define.ts';
import { decisionBytes } from './device/bytes.ts';
import { isSecretOf, type DeviceConfig, type KeyedDevice, type SecretDevice } from './device/config.ts';
import { deviceProof, keyedDigits, secretDigits, type DeviceProof } from './device/proof.ts';
import { isSignedBy } from './device/public-key.ts';

export interface DeviceOptions {
  /**
   * How many digits a person carries to a device that has a key: 3 by default, 6 in the strict profile. To one that
   * has a secret it is always 6.
   */
  readonly digits?: 3 | 6;
}

type Judged = VerifyInput<DeviceProof, DeviceConfig>;

const nonceBytes = 32;
const wrong: Verdict<DeviceConfig> = { valid: false };

/**
 * The phone that a person has registered. It shows what is to be authorized, and answers by a signature over exactly
 * that (binding `cryptographic`), or, where it has no key, by its secret (binding `server`). The digits from the screen
 * that asked are always required: without them a person could be made to approve what somebody else has started. One
 * wrong entry ends the challenge (OWASP MFA cheat sheet, "number matching").
 *
 * A device becomes a factor by `device.register` alone.
 */
export function device(options: DeviceOptions = {}): Method {
  return defineMethod({
    key: 'device',
    title: 'Device',
    binding: 'cryptographic',
    provesBy: 'factor',
    needsChallenge: true,
    endsWhenWrong: true,
    prompts: true,
    proof: deviceProof,
    // Two people may share a phone, and two phones may call themselves the same: it is one of this subject.
    identify: ({ uuid }) => ({ scope: 'subject', value: uuid }),
    issue({ factors, randomness }: IssueInput<DeviceConfig>) {
      const isKeyed = factors.length > 0 && factors.every(({ config }) => config.kind === 'keyed');
      return {
        options: { nonce: Buffer.from(randomness.bytes(nonceBytes)).toString('base64url') },
        digits: isKeyed ? (options.digits ?? keyedDigits) : secretDigits,
      };
    },
    verify(input: Judged) {
      const config = input.factor?.config;
      switch (config?.kind) {
        case 'keyed':
          return judgeSignature(input, config);
        case 'secret':
          return judgeSecret(input, config);
        case undefined:
          return wrong;
      }
    },
  });
}

/** All is compared, whatever the first says: the time tells nobody which part was right. */
function judgeSignature(
  { proof, decision, request, challenge, matches }: Judged,
  { uuid, publicKey }: KeyedDevice,
): Verdict<DeviceConfig> {
  const nonce = nonceOf(challenge);
  if (challenge === null || nonce === null || !('signature' in proof)) return wrong;
  const signed = decisionBytes({
    dataHash: request.dataHash,
    decision,
    device: uuid,
    digits: proof.digits,
    displayHash: request.displayHash,
    expiresAt: challenge.expiresAt,
    nonce,
    request: request.id,
  });
  const isSigned = isSignedBy(publicKey, signed, proof.signature);
  const isCarried = matches(proof.digits) || decision === 'deny';
  const isOurs = proof.uuid === uuid && proof.decision === decision;
  return isSigned && isCarried && isOurs ? { valid: true, binding: 'cryptographic' } : wrong;
}

/** A secret says who answers, and not what: so it can grant what is asked, and is no proof that somebody refused. */
function judgeSecret(
  { proof, decision, challenge, matches }: Judged,
  config: SecretDevice,
): Verdict<DeviceConfig> {
  if (challenge === null || !('secret' in proof)) return wrong;
  const isKnown = isSecretOf(config, proof.secret);
  const isCarried = matches(proof.digits);
  const isOurs = proof.uuid === config.uuid && decision === 'grant';
  return isKnown && isCarried && isOurs ? { valid: true, binding: 'server' } : wrong;
}

function nonceOf(challenge: Judged['challenge']): string | null {
  const options = challenge?.options;
  if (typeof options !== 'object' || options === null || !('nonce' in options)) return null;
  return typeof options.nonce === 'string' ? options.nonce : null;
}
