import { plant } from '@countersign/core/testing';
import { createHmac } from 'node:crypto';

/** An authenticator app, after RFC 4226 and RFC 6238 and without a library: another's reading of them. */
export interface Authenticator {
  /** What it shows at this time. */
  code(at: Date): string;
  /** A code that it shows neither now nor one step earlier or later. */
  wrong(at: Date): string;
}

const stepSeconds = 30;

/** From `setup` of an enrolment. */
export function createAuthenticator(setup: unknown): Authenticator {
  const { secret } = setup as { secret: string };
  const seed = bytesOf(plant(secret));
  const code = (at: Date) => codeOf(seed, Math.floor(at.getTime() / 1000 / stepSeconds));
  return {
    code,
    wrong(at) {
      const near = [-1, 0, 1].map((steps) => code(new Date(at.getTime() + steps * stepSeconds * 1000)));
      return ['000000', '111111', '222222', '333333'].find((each) => !near.includes(each)) ?? '444444';
    },
  };
}

/** RFC 4226, §5.3. */
function codeOf(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', seed).update(counter).digest();
  const number = digest.readUInt32BE(digest.readUInt8(19) & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Base 32 of RFC 4648, §6. */
function bytesOf(text: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(text, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/[01]{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}
