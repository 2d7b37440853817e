import type { OutgoingMessage, Send } from '../src/ports.ts';

/** The only mock there is: what would leave the machine is kept here instead. */
export interface Outbox {
  readonly messages: OutgoingMessage[];
  readonly send: Send;
  /** The newest code that was sent to an address. */
  codeFor(address: string): string;
  /** What the carrier does with the next messages; null: it works. */
  behaviour: (() => Promise<void>) | null;
}

export function createOutbox(): Outbox {
  const outbox: Outbox = {
    messages: [],
    behaviour: null,
    async send(message) {
      outbox.messages.push(message);
      await outbox.behaviour?.();
    },
    codeFor(address) {
      const message = outbox.messages.findLast(({ to }) => to === address);
      if (!message) throw new Error(`nothing was sent to ${address}`);
      return message.code;
    },
  };
  return outbox;
}
