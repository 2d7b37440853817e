import { base64urlOf } from './base64url.ts';
import { canonicalOf } from './canonical.ts';

/** What a device says of a request, all of it signed. */
export interface Decision {
  readonly decision: 'grant' | 'deny';
  /** The device's uuid. */
  readonly device: string;
  /** What the person typed from the screen that asked; empty for a refusal. */
  readonly digits: string;
  /** The id of the request. */
  readonly request: string;
  readonly dataHash: string;
  readonly displayHash: string;
  /** Of the challenge. */
  readonly nonce: string;
  /** When the challenge ends. */
  readonly expiresAt: Date;
}

/** By what a device says which one it is. */
export interface Authentication {
  /** The device's uuid. */
  readonly device: string;
  readonly subjectId: string;
  /** From `device.nonce`; good once. */
  readonly nonce: string;
}

/** What a person is shown of a request. */
export interface Display {
  readonly title: string;
  readonly description: string | null;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

type Bytes = Uint8Array<ArrayBuffer>;

export function decisionBytes(said: Decision): Bytes {
  const { dataHash, decision, device, digits, displayHash, nonce, request } = said;
  const expiresAt = Math.floor(said.expiresAt.getTime() / 1000);
  const values = { dataHash, decision, device, digits, displayHash, expiresAt, nonce, request };
  return bytesOf('countersign/device/v1', canonicalOf(values));
}

export function authenticationBytes({ device, nonce, subjectId }: Authentication): Bytes {
  return bytesOf('countersign/device-auth/v1', canonicalOf({ device, nonce, subjectId }));
}

/** The hash of what is shown, made here: what is signed is what the person could read. */
export async function displayHashOf({ title, description, facts }: Display): Promise<string> {
  // In the order of RFC 8785.
  const shown = { description, facts: facts.map(({ label, value }) => ({ label, value })), title };
  const bytes = bytesOf('countersign/display/v1', JSON.stringify(shown));
  return base64urlOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

function bytesOf(domain: string, text: string): Bytes {
  return new TextEncoder().encode(`${domain}\0${text}`);
}
