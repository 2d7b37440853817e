import { z } from 'zod';

/** Base64url without padding (RFC 4648 §5), of at most so many characters. */
function base64url(charactersMax: number) {
  return z
    .string()
    .max(charactersMax)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding');
}

// A credential id has 1023 bytes at most, a user handle 64 (WebAuthn §4). The other bounds are several times what any
// authenticator makes: 1024 characters are a signature by RSA of 6144 bits. All of a response is below 16 KiB.
const credential = {
  id: base64url(1364),
  rawId: base64url(1364),
  type: z.literal('public-key'),
};
const clientDataJSON = base64url(4096).describe(
  'What the browser says it asked, as the authenticator signed it.',
);

/**
 * What `navigator.credentials.get` answered, as `PublicKeyCredential.toJSON` writes it (WebAuthn §5.1). What is not named
 * here is dropped unread instead of refused: extension results are not signed, and browsers add members with every
 * level of the standard.
 */
export const assertionResponse = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON,
      authenticatorData: base64url(2048),
      signature: base64url(1024),
      userHandle: base64url(86).nullish(),
    }),
  })
  .meta({
    id: 'PasskeyAssertion',
    description: 'What the browser answered when it was asked for a passkey.',
  });

/** What `navigator.credentials.create` answered. */
export const registrationResponse = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON,
      attestationObject: base64url(8192),
      transports: z.array(z.string().min(1).max(32)).max(10).optional(),
    }),
  })
  .meta({ id: 'PasskeyRegistration', description: 'What the browser answered when it made a passkey.' });

export type AssertionResponse = z.output<typeof assertionResponse>;
export type RegistrationResponse = z.output<typeof registrationResponse>;
