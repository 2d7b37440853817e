import { toBase62 } from '../cst1/base62.ts';
import { systemClock } from '../../runtime.ts';
import { assertSecret, defaultSalt, djangoSignature, separator } from './format.ts';
import { writePayload } from './payload.ts';

export interface WriteDjangoOptions {
  readonly secret: string;
  readonly salt?: string | undefined;
  /** Deflates the payload where that makes it shorter. */
  readonly compress?: boolean | undefined;
  /** Seconds since 1970, written into the token; the system's clock when absent. */
  readonly now?: number | undefined;
}

/**
 * Writes a token that `django.core.signing.loads` reads: always with SHA-256. What a scope becomes for such a
 * reader is `djangoPayloadFromClaims`'s business.
 *
 * @example
 * ```ts
 * const payload = { user: 7, max_age: 360, endpoints: { GET: ['/api/v1/foo/'] } };
 * const written = writeDjangoToken(payload, { secret: secretKey, now: 1760000000 });
 * readDjangoToken(written, { secrets: [secretKey], now: 1760000060 }).ok; // true
 * ```
 * @throws TypeError for an empty secret, a time that is no whole number, and a payload that is no JSON.
 */
export function writeDjangoToken(payload: unknown, options: WriteDjangoOptions): string {
  const { secret, salt = defaultSalt, compress = false } = options;
  assertSecret(secret);
  const now = options.now ?? Math.floor(systemClock.now().getTime() / 1000);
  if (!Number.isSafeInteger(now) || now < 0) throw new TypeError('now must be whole seconds since 1970');
  const signed = writePayload(payload, compress) + separator + toBase62(now);
  return signed + separator + djangoSignature(signed, { secret, salt, algorithm: 'sha256' });
}
