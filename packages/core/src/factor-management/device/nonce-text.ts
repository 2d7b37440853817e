import { timingSafeEqual } from 'node:crypto';
import type { CoreServices } from '../../context.ts';
import { keyedDigest, type NamedKey } from '../../keys.ts';

/**
 * A nonce is not stored when it is made, so that nobody who asks for many fills anything: it says itself when it ends,
 * and a keyed digest over that, the device's name and its subject shows that we have said so. What was used is stored,
 * as a mark of the device.
 */
const randomBytes = 16;
const timeBytes = 6;
const digestBytes = 32;
const keyIdLength = 8;

type Services = Pick<CoreServices, 'keys' | 'randomness'>;

/** Who it was made for. */
interface NonceHolder {
  readonly subjectId: string;
  readonly uuid: string;
}

export function makeNonce({ keys, randomness }: Services, holder: NonceHolder, expiresAt: Date): string {
  const named = keys.active('device');
  const said = Buffer.alloc(randomBytes + timeBytes);
  said.set(randomness.bytes(randomBytes));
  said.writeUIntBE(expiresAt.getTime(), randomBytes, timeBytes);
  return named.id + Buffer.concat([said, digestOf(named, holder, said)]).toString('base64url');
}

/** The mark that it leaves when it is used; null when it is none of ours, another's, or over. */
export function markOfNonce(
  { keys }: Pick<CoreServices, 'keys'>,
  holder: NonceHolder,
  nonce: string,
  now: Date,
): string | null {
  const named = keys.byId('device', nonce.slice(0, keyIdLength));
  const text = nonce.slice(keyIdLength);
  const bytes = Buffer.from(text, 'base64url');
  const saidBytes = randomBytes + timeBytes;
  if (!named || bytes.length !== saidBytes + digestBytes || bytes.toString('base64url') !== text) return null;
  const said = bytes.subarray(0, saidBytes);
  const isOurs = timingSafeEqual(digestOf(named, holder, said), bytes.subarray(saidBytes));
  const isOver = said.readUIntBE(randomBytes, timeBytes) <= now.getTime();
  return isOurs && !isOver ? `nonce:${said.toString('base64url', 0, randomBytes)}` : null;
}

function digestOf({ key }: NamedKey, { subjectId, uuid }: NonceHolder, said: Uint8Array): Buffer {
  return keyedDigest(key, ['countersign/device-nonce/v1', subjectId, uuid, said]);
}
