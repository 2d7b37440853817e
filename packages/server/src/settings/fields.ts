import { z } from 'zod';
import { serviceKeyPattern } from '../caller/service-key.ts';
import { isNatsUrl } from '../nats/address.ts';

/**
 * The settings that options, environment and command line have in common. Each message completes the
 * sentence "expected …".
 */
const secretExpected = 'base64 of at least 32 random bytes, such as from: openssl rand -base64 32';
const serviceKeyExpected =
  '"csk_" and at least 32 characters more, such as from: echo "csk_$(openssl rand -hex 24)"';
export const databaseExpected = 'a PostgreSQL URL: postgresql://user:password@host:5432/database';
const natsUrlExpected =
  'a NATS URL: tls://user:password@host:4222 or nats://…; of a cluster several with commas between';
const originsExpected =
  'origins such as https://bank.example, exactly as a browser sends them: no path, no slash at the end';

const secretText = z.string(secretExpected).refine(isSecret, secretExpected);

export const secret = z.union(
  [secretText, z.strictObject({ active: secretText, previous: z.array(secretText) })],
  `${secretExpected}; or { active, previous: [] } of such`,
);

export const serviceKey = z.string(serviceKeyExpected).regex(serviceKeyPattern, serviceKeyExpected);

const metricsTokenExpected =
  '16 to 256 characters without spaces and commas, such as from: openssl rand -hex 16';

/** As an `Authorization` header can carry it. */
export const metricsToken = z.string(metricsTokenExpected).regex(/^[!-+\--~]{16,256}$/, metricsTokenExpected);

export const databaseUrl = z.string(databaseExpected).regex(/^postgres(?:ql)?:\/\/\S+$/, databaseExpected);

export const natsUrl = z.string(natsUrlExpected).refine(isNatsUrl, natsUrlExpected);

export const origins = z.array(z.string(originsExpected).refine(isOrigin, originsExpected), originsExpected);

/** Whether a text is base64 of at least 32 bytes, in either alphabet. */
export function isSecret(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  const standard = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  return bytes.length >= 32 && bytes.toString('base64').replace(/=+$/, '') === standard;
}

/** `URL.origin` of itself: with a scheme, without a path or pattern; the opaque `null` is none. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]*$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
