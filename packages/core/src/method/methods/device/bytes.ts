import canonicalize from 'canonicalize';

/** What a device says of a request, all of it signed (the contract, "Device bytes"). */
interface SignedDecision {
  readonly dataHash: string;
  readonly decision: 'grant' | 'deny';
  /** The device's uuid. */
  readonly device: string;
  /** What was typed from the screen that asked; empty where nothing was. */
  readonly digits: string;
  readonly displayHash: string;
  /** When the challenge ends. */
  readonly expiresAt: Date;
  readonly nonce: string;
  /** The public id of what is to be proven. */
  readonly request: string;
}

/**
 * The bytes that a device signs to decide: a domain of their own, so that no signature made for anything else is one of
 * these, and the canonical form of every value that the decision depends on (RFC 8785).
 */
export function decisionBytes({ expiresAt, ...decision }: SignedDecision): Buffer {
  return signedBytes('countersign/device/v1', {
    dataHash: decision.dataHash,
    decision: decision.decision,
    device: decision.device,
    digits: decision.digits,
    displayHash: decision.displayHash,
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
    nonce: decision.nonce,
    request: decision.request,
  });
}

/** The bytes that a device signs to say which one it is. */
export function authenticationBytes(said: {
  readonly device: string;
  readonly nonce: string;
  readonly subjectId: string;
}): Buffer {
  const { device, nonce, subjectId } = said;
  return signedBytes('countersign/device-auth/v1', { device, nonce, subjectId });
}

function signedBytes(domain: string, values: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.from(`${domain}\0${canonicalize(values)}`);
}
