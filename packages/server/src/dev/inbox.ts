import { systemClock, type Clock, type OutgoingMessage, type Send } from '@countersign/core';

/** A message as the person would have seen it. */
export interface CapturedMessage {
  readonly id: string;
  readonly to: string;
  readonly channel: OutgoingMessage['channel'];
  readonly text: string;
  readonly code: string;
  readonly createdAt: Date;
}

/** Takes what would be sent, so that nothing leaves the machine in development. */
export interface Inbox {
  readonly send: Send;
  /** Newest first; with `to`, only what went to this address. */
  messages(to?: string): readonly CapturedMessage[];
}

const messagesMax = 500;

/** Keeps the last 500 messages, in memory. Handing the same message over twice shows it once. */
export function createInbox(clock: Clock = systemClock): Inbox {
  const captured = new Map<string, CapturedMessage>();
  return {
    async send({ to, channel, text, code, idempotencyKey }) {
      if (captured.has(idempotencyKey)) return;
      const id = `msg_${idempotencyKey}`;
      captured.set(idempotencyKey, { id, to, channel, text, code, createdAt: clock.now() });
      const [oldest] = captured.keys();
      if (captured.size > messagesMax && oldest !== undefined) captured.delete(oldest);
    },
    messages(to) {
      const newestFirst = [...captured.values()].reverse();
      return to === undefined ? newestFirst : newestFirst.filter((message) => message.to === to);
    },
  };
}
