import { deflateSync, inflateSync } from 'node:zlib';
import { isAscii } from '../cst1/ascii.ts';

/** A few hundred characters can inflate to megabytes. */
const inflatedBytesMax = 64 * 1024;

/** Marks a compressed payload, inside of what is signed. */
const compressedMark = '.';

/**
 * Writes JSON as Python's `json.dumps(…, separators=(',', ':'))` does: everything beyond printable ASCII as
 * `\uxxxx`, DEL too. Compressed only where that is shorter, by Django's own measure.
 */
export function writePayload(payload: unknown, compress: boolean): string {
  const json = JSON.stringify(payload) as string | undefined;
  if (json === undefined) throw new TypeError('payload must be JSON');
  const plain = Buffer.from(
    json.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
  const deflated = compress ? deflateSync(plain) : plain;
  if (deflated.length >= plain.length - 1) return plain.toString('base64url');
  return compressedMark + deflated.toString('base64url');
}

/** The JSON of a payload whose signature is right; undefined when it holds none. */
export function readPayload(payload: string): unknown {
  const isCompressed = payload.startsWith(compressedMark);
  const encoded = isCompressed ? payload.slice(1) : payload;
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.toString('base64url') !== encoded) return undefined;
  try {
    const json = (isCompressed ? inflateSync(bytes, { maxOutputLength: inflatedBytesMax }) : bytes).toString(
      'latin1',
    );
    return isAscii(json) ? (JSON.parse(json) as unknown) : undefined;
  } catch {
    return undefined; // no zlib, too much of it, or no JSON
  }
}
