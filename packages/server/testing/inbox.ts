import type { Clock, Send } from '@countersign/core';
import { createInbox, type CapturedMessage } from '../src/dev/inbox.ts';

/** A message as the person would have had it. */
export interface TestMessage extends CapturedMessage {
  /** The authorization request, or the confirmation, that it is about. */
  readonly about: string | null;
}

/** What would have left the machine. */
export interface TestInbox {
  /** Newest first; with `to`, only what went to this address. */
  messages(to?: string): readonly TestMessage[];
  /**
   * The newest message to an address; where there is none yet it is waited for, a second at most.
   * @throws Error saying where messages did go.
   */
  latest(to: string): Promise<TestMessage>;
  /** The code of the newest message to an address, as {@link TestInbox.latest}. */
  code(to: string): Promise<string>;
}

export interface CapturingInbox extends TestInbox {
  /** For the methods: takes what they would send. */
  readonly send: Send;
}

const patienceMs = 1000;

export function createTestInbox(clock: Clock): CapturingInbox {
  const captured = createInbox(clock);
  const aboutOf = new Map<string, string | null>();
  const readers = new Set<() => void>();

  const messages: TestInbox['messages'] = (to) =>
    captured.messages(to).map((message) => ({ ...message, about: aboutOf.get(message.id) ?? null }));

  async function arrived(to: string): Promise<TestMessage | undefined> {
    const [present] = messages(to);
    if (present) return present;
    return await new Promise((resolve) => {
      const end = (message: TestMessage | undefined): void => {
        readers.delete(look);
        clearTimeout(timer);
        resolve(message);
      };
      const look = (): void => {
        const [message] = messages(to);
        if (message) end(message);
      };
      const timer = setTimeout(() => end(undefined), patienceMs);
      readers.add(look);
    });
  }

  async function latest(to: string): Promise<TestMessage> {
    const message = await arrived(to);
    if (message) return message;
    const others = [...new Set(messages().map((other) => other.to))];
    throw new Error(
      `Nothing was sent to ${to}. ${others.length > 0 ? `Messages went to ${others.join(', ')}.` : 'No message was sent at all.'}`,
    );
  }

  return {
    messages,
    latest,
    code: async (to) => (await latest(to)).code,
    async send(message) {
      await captured.send(message);
      aboutOf.set(`msg_${message.idempotencyKey}`, idOf(message.request));
      for (const look of readers) look();
    },
  };
}

function idOf(request: unknown): string | null {
  const { id } = (request ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' ? id : null;
}
