import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import type { Recipient } from './define.ts';

const email = z.email();

/**
 * The address in the form in which it is sent to: a phone number in E.164, an e-mail address with its
 * domain in lower case. Null when it is none.
 */
export function normalizeRecipient(recipient: Recipient): Recipient | null {
  if (recipient.channel === 'sms') {
    const number = parsePhoneNumberFromString(recipient.address);
    return number?.isPossible() ? { channel: 'sms', address: number.number } : null;
  }
  const address = recipient.address.trim();
  if (recipient.channel !== 'email') return address === '' ? null : { ...recipient, address };
  if (!email.safeParse(address).success) return null;
  const at = address.lastIndexOf('@');
  return { channel: 'email', address: `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}` };
}

/**
 * What messages are counted by: one mailbox, one counter, whatever its spelling. `Ada+bank@x.org` and
 * `ada@x.org` arrive at the same person, so they share the limit.
 */
export function recipientCountingKey(recipient: Recipient): string {
  if (recipient.channel !== 'email') return `${recipient.channel}:${recipient.address}`;
  const at = recipient.address.lastIndexOf('@');
  const local = recipient.address.slice(0, at).toLowerCase().split('+', 1)[0] ?? '';
  return `email:${local}${recipient.address.slice(at)}`;
}

/** The address as it may be shown to somebody who should know it already: `a••@example.org`, `•••••••89`. */
export function maskRecipient({ channel, address }: Recipient): string {
  if (channel !== 'email') return `${'•'.repeat(Math.max(address.length - 2, 0))}${address.slice(-2)}`;
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}•••${address.slice(at)}`;
}
