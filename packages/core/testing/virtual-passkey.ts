import { createHash, generateKeyPairSync, randomBytes, sign as signWith, type KeyObject } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { encodeCbor, type Cbor } from './cbor.ts';

export interface VirtualPasskeyOptions {
  /** The page that asks: `https://app.example.com`. */
  readonly origin: string;
  readonly rpId: string;
  /** Default: ES256, as most authenticators. */
  readonly algorithm?: 'ES256' | 'EdDSA' | 'RS256';
  /**
   * Default: true, as a passkey of a phone: backed up, and it never counts. Otherwise a security key, whose counter
   * rises with every signature.
   */
  readonly synced?: boolean;
}

/**
 * What is to be different from what an honest browser and authenticator do. It is changed before the signature is made,
 * so that everything else about the response is right.
 */
export interface PasskeyChanges {
  /** Members of the client data, in place of the right ones: `{ origin: 'https://evil.example' }`. */
  readonly clientData?: Readonly<Record<string, unknown>>;
  /** Whose hash begins the authenticator data. */
  readonly rpId?: string;
  readonly flags?: Partial<Readonly<Record<keyof typeof flagBits, boolean>>>;
  readonly counter?: number;
  /** Authenticator extensions, by their name. */
  readonly extensions?: Readonly<Record<string, boolean | number | string>>;
  /** The authenticator data as a whole, before it is signed. */
  readonly authenticatorData?: (bytes: Buffer) => Buffer;
  /** In place of the signature: its bytes, or what another key makes of the same data. */
  readonly signature?: (bytes: Buffer, data: Buffer) => Buffer;
  /** In place of the user handle that the registration gave; null for none. */
  readonly userHandle?: string | null;
}

export interface RegistrationChanges extends Omit<PasskeyChanges, 'signature' | 'userHandle'> {
  /** `self`: the authenticator signs its own registration. Default: none. */
  readonly attestation?: 'none' | 'self';
  /** The parts of the attestation object, `fmt`, `attStmt` and `authData`, before they are encoded. */
  readonly attestationObject?: (parts: Map<string, Cbor>) => void;
  /** The public key in COSE, before it is encoded. */
  readonly publicKey?: (key: Map<number, Cbor>) => void;
}

/** A passkey without a person: whatever is asked of it is approved at once, with presence and verification. */
export interface VirtualPasskey {
  readonly credentialId: string;
  /**
   * Answers the options of an enrolment (`setup.options`) as `navigator.credentials.create` would.
   * @throws Error when the options exclude this passkey, or are of another relying party.
   */
  register(options: unknown, changes?: RegistrationChanges): RegistrationResponseJSON;
  /**
   * Answers the options of a challenge (`challenge.options`) as `navigator.credentials.get` would.
   * @throws Error when the options do not allow this passkey, or are of another relying party.
   */
  authenticate(options: unknown, changes?: PasskeyChanges): AuthenticationResponseJSON;
  /** Signs with its key, whatever it is given. */
  sign(data: Uint8Array): Buffer;
}

/** WebAuthn §6.1. */
const flagBits = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
} as const;

const creationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string() }),
  user: z.object({ id: z.string() }),
  excludeCredentials: z.array(z.object({ id: z.string() })).optional(),
});
const requestOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  allowCredentials: z.array(z.object({ id: z.string() })).optional(),
});

/**
 * A browser and an authenticator in software, with a real key: for tests of what proves with a passkey, without a
 * browser. Each call makes one passkey.
 *
 * @example
 * ```ts
 * const phone = createVirtualPasskey({ origin: 'https://app.example.com', rpId: 'example.com' });
 * const registration = phone.register(setup.options);
 * const proof = { method: 'passkey', response: phone.authenticate(challenge.options) };
 * const forged = phone.authenticate(challenge.options, { clientData: { origin: 'https://evil.example' } });
 * ```
 */
export function createVirtualPasskey(options: VirtualPasskeyOptions): VirtualPasskey {
  const { origin, rpId, algorithm = 'ES256', synced = true } = options;
  const { privateKey, publicKey } = keyPair(algorithm);
  const id = randomBytes(32);
  const credentialId = id.toString('base64url');
  let counter = 0;
  let userHandle: string | null = null;

  const sign = (data: Uint8Array): Buffer =>
    // Ed25519 hashes by itself and has no digest to choose (RFC 8032 §5.1).
    signWith(algorithm === 'EdDSA' ? null : 'sha256', data, privateKey);

  /** WebAuthn §5.8.1. */
  function clientDataFor(type: string, challenge: string, changes: PasskeyChanges): Buffer {
    return Buffer.from(
      JSON.stringify({ type, challenge, origin, crossOrigin: false, ...changes.clientData }),
    );
  }

  /** WebAuthn §6.1. `attested` is empty but in a registration. */
  function authenticatorDataFor(attested: Buffer, changes: PasskeyChanges): Buffer {
    const { extensions } = changes;
    const flags = {
      userPresent: true,
      userVerified: true,
      backupEligible: synced,
      backedUp: synced,
      attested: attested.length > 0,
      extended: extensions !== undefined,
      ...changes.flags,
    };
    const names = Object.keys(flagBits) as (keyof typeof flagBits)[];
    const head = Buffer.alloc(5);
    head.writeUInt8(names.reduce((bits, name) => (flags[name] ? bits | flagBits[name] : bits), 0));
    head.writeUInt32BE(changes.counter ?? counter, 1);
    const bytes = Buffer.concat([
      sha256(changes.rpId ?? rpId),
      head,
      attested,
      extensions ? encodeCbor(new Map(Object.entries(extensions))) : Buffer.alloc(0),
    ]);
    return changes.authenticatorData?.(bytes) ?? bytes;
  }

  return {
    credentialId,
    sign,
    register(given, changes = {}) {
      const { challenge, rp, user, excludeCredentials = [] } = creationOptions.parse(given);
      if (rp.id !== rpId) throw new Error(`this passkey belongs to ${rpId}, not to ${rp.id}`);
      if (excludeCredentials.some((one) => one.id === credentialId))
        throw new Error('this passkey is registered already');
      userHandle = user.id;
      const clientData = clientDataFor('webauthn.create', challenge, changes);
      const authenticatorData = authenticatorDataFor(
        attestedData(id, publicKey, algorithm, changes),
        changes,
      );
      const parts = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authenticatorData],
      ]);
      if (changes.attestation === 'self') {
        const signature = sign(Buffer.concat([authenticatorData, sha256(clientData)]));
        parts.set('fmt', 'packed').set(
          'attStmt',
          new Map<string, Cbor>([
            ['alg', algorithms[algorithm]],
            ['sig', signature],
          ]),
        );
      }
      changes.attestationObject?.(parts);
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        authenticatorAttachment: synced ? 'platform' : 'cross-platform',
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: encodeCbor(parts).toString('base64url'),
          transports: synced ? ['hybrid', 'internal'] : ['usb'],
        },
      };
    },
    authenticate(given, changes = {}) {
      const { challenge, allowCredentials = [], rpId: asking } = requestOptions.parse(given);
      if (asking !== rpId) throw new Error(`this passkey belongs to ${rpId}, not to ${asking}`);
      if (allowCredentials.length > 0 && !allowCredentials.some((one) => one.id === credentialId))
        throw new Error('this passkey is not among those that may answer');
      if (!synced) counter += 1;
      const clientData = clientDataFor('webauthn.get', challenge, changes);
      const authenticatorData = authenticatorDataFor(Buffer.alloc(0), changes);
      const data = Buffer.concat([authenticatorData, sha256(clientData)]);
      const signature = sign(data);
      const handle = changes.userHandle === undefined ? userHandle : changes.userHandle;
      return {
        id: credentialId,
        rawId: credentialId,
        type: 'public-key',
        authenticatorAttachment: synced ? 'platform' : 'cross-platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authenticatorData.toString('base64url'),
          signature: (changes.signature?.(signature, data) ?? signature).toString('base64url'),
          ...(handle === null ? {} : { userHandle: handle }),
        },
      };
    },
  };
}

/** As COSE numbers them (IANA, COSE Algorithms). */
const algorithms = { ES256: -7, EdDSA: -8, RS256: -257 } as const;

function keyPair(algorithm: keyof typeof algorithms): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

/** WebAuthn §6.5.1: an AAGUID of zeros, which names no model, the id with its length, and the public key. */
function attestedData(
  id: Buffer,
  publicKey: KeyObject,
  algorithm: keyof typeof algorithms,
  changes: RegistrationChanges,
): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  const key = coseKey(publicKey, algorithm);
  changes.publicKey?.(key);
  return Buffer.concat([Buffer.alloc(16), length, id, encodeCbor(key)]);
}

/** RFC 9053 §7 and RFC 8230 §4: 1 is the type of the key, 3 its algorithm; what is below zero depends on the type. */
function coseKey(publicKey: KeyObject, algorithm: keyof typeof algorithms): Map<number, Cbor> {
  const key = publicKey.export({ format: 'jwk' });
  const bytes = (text: string | undefined) => Uint8Array.from(Buffer.from(text ?? '', 'base64url'));
  const alg = algorithms[algorithm];
  switch (algorithm) {
    case 'ES256':
      return new Map<number, Cbor>([
        [1, 2],
        [3, alg],
        [-1, 1],
        [-2, bytes(key.x)],
        [-3, bytes(key.y)],
      ]);
    case 'EdDSA':
      return new Map<number, Cbor>([
        [1, 1],
        [3, alg],
        [-1, 6],
        [-2, bytes(key.x)],
      ]);
    case 'RS256':
      return new Map<number, Cbor>([
        [1, 3],
        [3, alg],
        [-1, bytes(key.n)],
        [-2, bytes(key.e)],
      ]);
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
