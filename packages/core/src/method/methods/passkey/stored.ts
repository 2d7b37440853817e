/** A registration that has begun: what the answer must fit. */
export interface PendingPasskey {
  /** Base64url; made here, never taken from an answer. */
  readonly challenge: string;
  readonly rpId: string;
  readonly userHandle: string;
  /** Milliseconds since 1970 UTC. */
  readonly expiresAt: number;
}

/** A registered passkey: the credential record of WebAuthn §4. Nothing in it is secret. */
export interface Passkey {
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it has signed, as it says itself; a synced one always says 0. */
  readonly counter: number;
  /** How the browser may reach it; hints, never believed. */
  readonly transports: readonly string[];
  readonly rpId: string;
  readonly userHandle: string;
  /** Whether it can be synced, which it is made with and never changes. */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
}

export type StoredPasskey = PendingPasskey | Passkey;

export function isRegistered(stored: StoredPasskey): stored is Passkey {
  return 'publicKey' in stored;
}
