import type { Limits } from '../../src/limits.ts';

const second = 1000;
const dayInSeconds = 24 * 3600;

/** How many messages go out: to one subject, and to one mailbox, whoever asks. Times are milliseconds. */
export class MailModel {
  readonly #limits: Limits;
  readonly #toSubject = new Map<string, number[]>();
  readonly #toMailbox = new Map<string, number[]>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  send(now: number, subject: string, address: string): void {
    const mailbox = mailboxOf(address);
    this.#toSubject.set(subject, [...(this.#toSubject.get(subject) ?? []), now]);
    this.#toMailbox.set(mailbox, [...(this.#toMailbox.get(mailbox) ?? []), now]);
  }

  /** When the limits that refuse one more message pass: none refuses when empty. */
  full(now: number, subject: string, address: string): number[] {
    const limits = this.#limits;
    const toSubject = this.#toSubject.get(subject) ?? [];
    const toMailbox = this.#toMailbox.get(mailboxOf(address)) ?? [];
    return [
      passesAt(toSubject, now, limits.sendsPerSubjectDayMax, dayInSeconds),
      passesAt(toMailbox, now, limits.sendsPerRecipientDayMax, dayInSeconds),
      passesAt(toMailbox, now, limits.sendsPerRecipient10MinutesMax, 600),
    ].filter((at) => at !== null);
  }
}

/** When there is room again in the window, null when there is now. */
function passesAt(sent: readonly number[], now: number, max: number, windowSeconds: number): number | null {
  const counted = sent.filter((at) => at > now - windowSeconds * second);
  if (counted.length < max) return null;
  return (counted[counted.length - max] ?? now) + windowSeconds * second;
}

/** One mailbox however it is spelt: the part behind the plus does not count, nor do capitals. */
function mailboxOf(address: string): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@');
  return `${local.split('+')[0]}@${domain}`;
}
