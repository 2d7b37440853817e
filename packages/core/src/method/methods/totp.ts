import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import { escapeLine } from '../../operation/display.ts';
import { defineMethod, type Method, type VerifyInput } from '../define.ts';

export interface TotpOptions {
  /** Who asks, as the app shows it. Default: the name of the installation. The operator's setting comes first. */
  readonly issuer?: string;
}

export interface TotpConfig {
  /** The seed, base 32 (RFC 4648). */
  readonly secret: string;
  /** The newest time step that a code was taken for. It and all before it are over. */
  readonly lastStep: number | null;
}

/** RFC 4226 §4, R6 asks for 16 bytes and recommends 20, the length of an HMAC-SHA-1. */
const seedBytes = 20;
const parameters = { algorithm: 'SHA1', digits: 6 } as const;
const stepSeconds = 30;
/** The whole label goes into a QR code that a camera must still read. */
const labelLengthMax = 64;

const code = z.string().regex(/^[0-9]{6}$/, 'must be 6 digits');

/**
 * The authenticator app (RFC 6238: SHA-1, 6 digits, 30 s, which is what every app can do). The app knows nothing of the
 * data, hence binding `none`. The code of this step and of the one before is right, and each step only once (RFC 6238
 * §5.2): a code is over at the latest 60 s after it first appeared.
 */
export function totp(options: TotpOptions = {}): Method {
  return defineMethod({
    key: 'totp',
    title: 'Authenticator app',
    binding: 'none',
    provesBy: 'factor',
    needsChallenge: false,
    proof: z.strictObject({ code }),
    // The seed is ours. One that a client brings could be known to somebody, or be short.
    factor: z.strictObject({}),
    settings: z.strictObject({
      issuer: z
        .string()
        .trim()
        .min(1)
        .max(labelLengthMax)
        .optional()
        .describe('The name that the app shows.'),
    }),
    issue: () => ({}),
    verify({ proof, factor, now }: VerifyInput<{ code: string }, TotpConfig>) {
      if (factor === null) return { valid: false };
      const { config } = factor;
      const step = answeredStep(config, proof.code, now);
      return step === null
        ? { valid: false }
        : { valid: true, config: { ...config, lastStep: step }, mark: String(step) };
    },
    enrolment: {
      answer: z.strictObject({ code }),
      begin({ randomness, subjectId, settings, issuer }) {
        const seed = Secret.fromHex(Buffer.from(randomness.bytes(seedBytes)).toString('hex'));
        const uri = new TOTP({
          ...parameters,
          period: stepSeconds,
          issuer: labelOf(settings.issuer ?? options.issuer ?? issuer),
          label: labelOf(subjectId),
          secret: seed,
        }).toString();
        return {
          config: { secret: seed.base32, lastStep: null },
          setup: { uri, secret: seed.base32 },
          confirmedBy: 'proof',
        };
      },
      complete({ answer, config, now }) {
        const step = answeredStep(config, answer.code, now);
        return step === null ? { valid: false } : { valid: true, config: { ...config, lastStep: step } };
      },
    },
  });
}

/** For which step the code is right; null for none that is still open. Both are compared, whatever the first one says. */
function answeredStep({ secret, lastStep }: TotpConfig, given: string, now: Date): number | null {
  const seed = Secret.fromBase32(secret);
  const current = TOTP.counter({ period: stepSeconds, timestamp: now.getTime() });
  const right = [current, current - 1].filter((step) =>
    sameText(HOTP.generate({ ...parameters, secret: seed, counter: step }), given),
  );
  return right.find((step) => step > (lastStep ?? -1)) ?? null;
}

function sameText(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * A part of the label, which apps take apart at the first colon, encoded or not: neither part may have one (Key URI
 * Format, "Label"). Marks that reorder text are shown, not obeyed.
 */
function labelOf(text: string): string {
  return Array.from(escapeLine(text.toWellFormed()).replaceAll(':', '-')).slice(0, labelLengthMax).join('');
}
