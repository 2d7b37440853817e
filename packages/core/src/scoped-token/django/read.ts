import { isAscii } from '../cst1/ascii.ts';
import { fromBase62, toBase62 } from '../cst1/base62.ts';
import { clockSkewSeconds } from '../cst1/format.ts';
import { sameText } from '../cst1/same-text.ts';
import { systemClock } from '../../runtime.ts';
import { assertSecret, defaultSalt, djangoSignature, separator, type DjangoHash } from './format.ts';
import { readPayload } from './payload.ts';

export interface ReadDjangoOptions {
  /** `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, tried in this order. */
  readonly secrets: readonly string[];
  readonly salt?: string | undefined;
  /** Older ones are refused. What the payload itself says of its age is `claimsFromDjangoToken`'s business. */
  readonly maxAgeSeconds?: number | undefined;
  /** Seconds since 1970; the system's clock when absent. */
  readonly now?: number | undefined;
  /** Whether tokens of Django before 3.1, signed with SHA-1, are taken. */
  readonly allowSha1?: boolean | undefined;
}

/**
 * - `malformed`: not two colons, a base 62 time and a signature
 * - `bad_signature`: forged, or under another secret or salt, or by SHA-1 without `allowSha1`
 * - `bad_payload`: signed, but no JSON, or one that inflates to more than 64 KiB
 */
export const djangoRefusals = [
  'malformed',
  'bad_signature',
  'expired',
  'not_yet_valid',
  'bad_payload',
] as const;

/** One of `djangoRefusals`. */
export type DjangoRefusal = (typeof djangoRefusals)[number];

export type DjangoReading =
  | { readonly ok: true; readonly payload: unknown; readonly issuedAt: number }
  | { readonly ok: false; readonly reason: DjangoRefusal };

const charactersMax = 16 * 1024;
const hashOfLength = new Map<number, DjangoHash>([
  [43, 'sha256'],
  [27, 'sha1'],
]);

/**
 * Reads a token that `django.core.signing.dumps` wrote. Nothing is decoded or inflated before the signature
 * is right. The payload is what its author signed and nothing more: any JSON, under this salt.
 *
 * @example
 * ```ts
 * const reading = readDjangoToken(djangoToken, { secrets: [secretKey], salt: 'my.app.salt', maxAgeSeconds: 3600 });
 * if (reading.ok) claimsFromDjangoToken(reading.payload, { audience: 'bank.example', issuedAt: reading.issuedAt });
 * ```
 * @throws TypeError for an empty secret.
 */
export function readDjangoToken(token: string, options: ReadDjangoOptions): DjangoReading {
  const { secrets, salt = defaultSalt, maxAgeSeconds, allowSha1 = false } = options;
  secrets.forEach(assertSecret);
  const parts = cut(token);
  if (parts === null) return { ok: false, reason: 'malformed' };
  const { payload, time, signed, signature } = parts;

  const algorithm = hashOfLength.get(signature.length);
  const isSigned =
    algorithm !== undefined &&
    (algorithm !== 'sha1' || allowSha1) &&
    secrets.some((secret) => sameText(signature, djangoSignature(signed, { secret, salt, algorithm })));
  if (!isSigned) return { ok: false, reason: 'bad_signature' };

  const issuedAt = fromBase62(time);
  if (issuedAt === null || toBase62(issuedAt) !== time) return { ok: false, reason: 'malformed' };
  const now = options.now ?? systemClock.now().getTime() / 1000;
  if (!(issuedAt <= now + clockSkewSeconds)) return { ok: false, reason: 'not_yet_valid' };
  if (maxAgeSeconds !== undefined && !(now - issuedAt <= maxAgeSeconds))
    return { ok: false, reason: 'expired' };

  const json = readPayload(payload);
  return json === undefined ? { ok: false, reason: 'bad_payload' } : { ok: true, payload: json, issuedAt };
}

interface Parts {
  readonly payload: string;
  readonly time: string;
  readonly signed: string;
  readonly signature: string;
}

function cut(token: string): Parts | null {
  if (typeof token !== 'string' || token.length > charactersMax || !isAscii(token)) return null;
  const [payload = '', time = '', signature = '', ...rest] = token.split(separator);
  if (payload === '' || time === '' || signature === '' || rest.length > 0) return null;
  return { payload, time, signed: `${payload}${separator}${time}`, signature };
}
