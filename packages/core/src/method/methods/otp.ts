import { z } from 'zod';
import type { Randomness, Send } from '../../ports.ts';
import { defineMethod, type Method, type Recipient } from '../define.ts';
import { maskRecipient, normalizeRecipient } from '../recipient.ts';
import { CountersignError, invalidInput } from '../../error.ts';
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

const code = z.string().regex(/^[0-9]{6,10}$/, 'must be 6 to 10 digits');
const contact = z.strictObject({
  channel: z.enum(['email', 'sms']).describe('How codes arrive.'),
  address: z.string().min(3).max(254).describe('An e-mail address, or a phone number with its country code.'),
});

/**
 * The one-time code, by e-mail or SMS (OWASP ASVS 5.0 §6.6). Its message shows the operation's facts, so a
 * right answer binds the proof to the data through our server: binding `server`.
 */
export function otp(options: OtpOptions): Method {
  const texts = { ...otpTexts, ...options.texts };
  return defineMethod({
    key: 'otp',
    title: 'One-time code',
    binding: 'server',
    proof: z.strictObject({ code }),
    factor: contact,
    send: options.send,
    async reach({ subjectId, deliverTo, context }) {
      if (deliverTo) return { recipient: deliverTo };
      const recipient = subjectId === null ? null : await options.resolve?.({ subjectId, context });
      return recipient ? { recipient } : null;
    },
    recipientOf: (config: Recipient) => config,
    issue(input) {
      const generate = input.generate ?? options.generate;
      const digits = input.recipient?.channel === 'sms' ? 6 : 8;
      const secret = generate
        ? code.parse(generate({ randomness: input.randomness }))
        : randomDigits(input.randomness, digits);
      return { secret, message: renderOtpText(texts, secret, input) };
    },
    verify: (input) => ({ valid: input.matches(input.proof.code) }),
    enrolment: {
      answer: z.strictObject({ code }),
      begin({ given, factors }) {
        const recipient = normalizeRecipient(given);
        if (!recipient) throw invalidInput(['config', 'address'], `must be an address for ${given.channel}`);
        if (factors.some(({ config }) => isSame(config, recipient)))
          throw new CountersignError('factor_exists');
        return {
          config: recipient,
          recipient,
          hint: maskRecipient(recipient),
          display: recipient.address,
          // A digest without a key of an address is as good as the address.
          identity: null,
          confirmedBy: 'proof',
        };
      },
      complete: (input) => ({ valid: input.matches(input.answer.code) }),
    },
  });
}

function isSame(one: Recipient, other: Recipient): boolean {
  return one.channel === other.channel && one.address === other.address;
}

function randomDigits(randomness: Randomness, length: number): string {
  return randomness
    .integer(10 ** length)
    .toString()
    .padStart(length, '0');
}
