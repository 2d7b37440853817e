import { z } from 'zod';
import type { Randomness, Send } from '../../ports.ts';
import type { Method, ReachInput, Recipient } from '../define.ts';
import { otpTexts, renderOtpText, type OtpTexts } from './otp-text.ts';

export interface OtpOptions {
  /** Hands the message to your carrier; 5 s at most. */
  readonly send: Send;
  /** Makes the code: 6 to 10 ASCII digits. Default: uniform digits, 6 by SMS, 8 by e-mail. */
  readonly generate?: (input: { randomness: Randomness }) => string;
  /** Where this subject gets codes when the request does not say; null when nowhere. */
  readonly resolve?: (input: {
    subjectId: string;
    context: unknown;
  }) => Recipient | null | Promise<Recipient | null>;
  /** Further languages, or other words, by language tag. */
  readonly texts?: OtpTexts;
}

const proof = z.strictObject({
  method: z.literal('otp'),
  code: z.string().regex(/^[0-9]{6,10}$/, 'must be 6 to 10 digits'),
});

const generated = z.string().regex(/^[0-9]{6,10}$/);

/**
 * The one-time code, by e-mail or SMS (OWASP ASVS 5.0 §6.6). Its message shows the operation's facts, so a
 * right answer binds the proof to the data through our server: binding `server`.
 */
export function otp(options: OtpOptions): Method<typeof proof> {
  const texts = { ...otpTexts, ...options.texts };
  return {
    key: 'otp',
    title: 'One-time code',
    binding: 'server',
    proof,
    factor: z.strictObject({ channel: z.enum(['email', 'sms']), address: z.string() }),
    send: options.send,
    async reach({ subjectId, deliverTo, context }: ReachInput) {
      const recipient = deliverTo ?? (await options.resolve?.({ subjectId, context })) ?? null;
      return recipient && { recipient };
    },
    issue(input) {
      const generate = input.generate ?? options.generate;
      const digits = input.recipient?.channel === 'sms' ? 6 : 8;
      const code = generate
        ? generated.parse(generate({ randomness: input.randomness }))
        : randomDigits(input.randomness, digits);
      return { secret: code, text: renderOtpText(texts, code, input), options: null };
    },
    verify: (input) => ({ valid: input.matches(input.proof.code) }),
  };
}

function randomDigits(randomness: Randomness, length: number): string {
  return randomness
    .integer(10 ** length)
    .toString()
    .padStart(length, '0');
}
