/** What an authenticator writes in CBOR (RFC 8949). */
export type Cbor = number | string | boolean | Uint8Array | CborMap;
type CborMap = ReadonlyMap<string | number, Cbor>;

/**
 * The bytes of a value, with the shortest head there is, as CTAP2 wants them (FIDO CTAP 2.1 §8). Keys keep the order in
 * which they were set.
 */
export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, of]) => [encodeCbor(key), encodeCbor(of)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

/** The major type, and a number: itself, or the length of what follows. */
function head(major: number, count: number): Buffer {
  const type = major << 5;
  if (count < 24) return Buffer.of(type | count);
  if (count < 0x100) return Buffer.of(type | 24, count);
  if (count < 0x1_0000) return Buffer.of(type | 25, count >> 8, count & 0xff);
  throw new RangeError('an authenticator writes nothing that long');
}
