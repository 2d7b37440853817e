import type { z } from 'zod';
import type { Binding } from '../binding.ts';
import type { Display } from '../operation/display.ts';
import type { Randomness, Send } from '../ports.ts';

/** Where a message goes. */
export interface Recipient {
  readonly channel: 'email' | 'sms';
  readonly address: string;
}

/** What a method is told of the request it proves for. */
export interface ProvenRequest extends Display {
  readonly id: string;
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly dataHash: string;
  readonly displayHash: string;
  readonly locale: string | undefined;
  readonly deliverTo: Recipient | null;
}

export interface ReachInput {
  readonly subjectId: string;
  readonly deliverTo: Recipient | null;
  readonly context: unknown;
}

/** How a subject can be reached by a method; `recipient` null for methods that send nothing. */
export interface Reach {
  readonly recipient: Recipient | null;
}

export interface IssueInput {
  readonly request: ProvenRequest;
  readonly recipient: Recipient | null;
  /** Time to answer this challenge. */
  readonly expiresInSeconds: number;
  readonly randomness: Randomness;
  readonly context: unknown;
  /** The generator given for this one request, in process only. */
  readonly generate: ((input: { randomness: Randomness }) => string) | undefined;
}

/** What a challenge consists of. The engine stores a keyed digest of `secret` and sends `text`. */
export interface Issued {
  readonly secret: string | null;
  readonly text: string | null;
  readonly options: unknown;
}

export interface VerifyInput<Proof> {
  readonly proof: Proof;
  readonly request: { readonly id: string; readonly dataHash: string; readonly displayHash: string };
  /** Whether a text equals the secret of the challenge: constant time, by keyed digest. */
  readonly matches: (candidate: string) => boolean;
  readonly now: Date;
}

/**
 * A way of proving: `issue` and `verify`, without state, clock or database of its own. Attempts, expiry,
 * one-time use, encryption and constant timing belong to the engine, so a method cannot get them wrong.
 * A throw in `verify` is a wrong answer that cost its attempt.
 */
export interface Method<Schema extends z.ZodObject = z.ZodObject> {
  readonly key: string;
  readonly title: string;
  readonly binding: Binding;
  /** Only when an operation lists it by name. */
  readonly mustBeListed?: boolean;
  /** The shape of its proof; must contain `method: z.literal(key)`. */
  readonly proof: Schema;
  /** What a subject configures to use it; null when there is nothing. */
  readonly factor: z.ZodObject | null;
  /** Whether and how this subject can be asked; null means it cannot. */
  readonly reach: (input: ReachInput) => Reach | null | Promise<Reach | null>;
  readonly issue: (input: IssueInput) => Issued | Promise<Issued>;
  verify(input: VerifyInput<z.output<Schema>>): { valid: boolean } | Promise<{ valid: boolean }>;
  readonly send?: Send | undefined;
}
