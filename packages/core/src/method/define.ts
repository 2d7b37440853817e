import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Binding } from '../binding.ts';
import type { Display } from '../operation/display.ts';
import type { Randomness, Send } from '../ports.ts';

/** Where a message goes. */
export interface Recipient {
  /** `email` and `sms` are normalised and masked by their own rules; a method may have channels of its own. */
  readonly channel: string;
  readonly address: string;
}

/** What is to be proven for: an authorization request, or a confirmation, which has a slug of ours. */
export interface ProvenRequest extends Display {
  readonly kind: 'authorization_request' | 'confirmation' | 'enrolment';
  readonly id: string;
  readonly slug: string;
  readonly subjectId: string | null;
  readonly sessionId: string | null;
  readonly dataHash: string;
  readonly displayHash: string;
  readonly locale: string | undefined;
  readonly deliverTo: Recipient | null;
}

/** A subject's factor in force, opened: in memory only, for as long as a hook runs. */
export interface KnownFactor<Stored = unknown> {
  readonly id: `fact_${string}`;
  readonly subjectId: string;
  /** What enrolment made of it, secrets included. */
  readonly config: Stored;
}

/** What every hook is told. */
interface Surroundings<Settings> {
  /** What the operator configured; `{}` where there is nothing to configure. */
  readonly settings: Settings;
  /** Who asks: the name of the installation, as an authenticator app shows it. */
  readonly issuer: string;
  /** What the caller of the mutation passed along, or null. */
  readonly context: unknown;
}

export interface ReachInput<Settings = unknown> extends Surroundings<Settings> {
  readonly subjectId: string | null;
  readonly deliverTo: Recipient | null;
}

/** How a subject can be reached without a factor; `recipient` null for methods that send nothing. */
export interface Reach {
  readonly recipient: Recipient | null;
}

export interface IssueInput<Stored = unknown, Settings = unknown> extends Surroundings<Settings> {
  readonly request: ProvenRequest;
  /** The one factor that is asked; null when any of `factors` may answer, or none is needed. */
  readonly factor: KnownFactor<Stored> | null;
  /** Every factor that may answer. */
  readonly factors: readonly KnownFactor<Stored>[];
  readonly recipient: Recipient | null;
  /** Time to answer this challenge. */
  readonly expiresInSeconds: number;
  readonly randomness: Randomness;
  /** The generator given for this one request, in process only. */
  readonly generate: ((input: { randomness: Randomness }) => string) | undefined;
}

/** What a challenge consists of. */
export interface Issued {
  /** What the person will have to know. The engine stores a keyed digest of it, nothing else. */
  readonly secret?: string | null;
  /** The message that carries the secret; sent after the commit, to `recipient`. */
  readonly message?: string | null;
  /** What the person's browser or device needs, shown to whoever may see the request. No secret. */
  readonly options?: unknown;
  /** What `verify` needs again: JSON, stored, shown to nobody. No secret. */
  readonly state?: unknown;
  /** So many digits are shown to who asked, and must come back from the device: `matches` compares them. */
  readonly digits?: number;
}

export interface VerifyInput<
  Proof = unknown,
  Stored = unknown,
  Settings = unknown,
> extends Surroundings<Settings> {
  readonly proof: Proof;
  /** What the proof must say; only a device can say `deny`. */
  readonly decision: 'grant' | 'deny';
  readonly request: Pick<ProvenRequest, 'kind' | 'id' | 'slug' | 'subjectId' | 'dataHash' | 'displayHash'>;
  /** Null only for methods that need none, when none was asked for. */
  readonly challenge: {
    readonly id: string;
    readonly options: unknown;
    readonly state: unknown;
    readonly expiresAt: Date;
  } | null;
  /** The factor that must have made the proof; null where a message proves (`provesBy: 'secret'`). */
  readonly factor: KnownFactor<Stored> | null;
  /** Whether a text equals the challenge's secret, or its digits: constant time. Never for an empty text. */
  readonly matches: (candidate: string) => boolean;
  readonly now: Date;
}

/** Right or wrong; a right one may say more. */
export type Verdict<Stored = unknown> =
  | { readonly valid: false }
  | {
      readonly valid: true;
      /** How strongly this very proof is tied to the data, where that differs from the method's. */
      readonly binding?: Binding;
      /**
       * The factor's configuration from now on: a used code taken out, a counter moved on. It is written together
       * with the decision, and only if nothing else has changed it since: of two proofs that use up the same thing,
       * one is right.
       */
      readonly config?: Stored;
      /** What this factor can prove with only once, ever: a time step, a code. The database holds it to that. */
      readonly mark?: string;
    };

/**
 * What must not exist twice: for one subject (a device), or in the whole installation (a credential). Stored as a digest
 * without a key, so never what a reader of the database must not find by guessing: an address, a number. Compare those
 * with `factors` in `begin`.
 */
export interface Identity {
  readonly scope: 'subject' | 'installation';
  readonly value: string;
}

export interface EnrolInput<
  Given = unknown,
  Stored = unknown,
  Settings = unknown,
> extends Surroundings<Settings> {
  readonly given: Given;
  readonly subjectId: string;
  readonly factorId: `fact_${string}`;
  /** What is in force now, when this is a change. */
  readonly current: Stored | null;
  /** The subject's other factors of this method that are in force. */
  readonly factors: readonly KnownFactor<Stored>[];
  readonly randomness: Randomness;
  readonly now: Date;
}

/** An enrolment that has begun. */
export interface Enrolment<Stored = unknown> {
  /** Stored encrypted. In force once it is confirmed. */
  readonly config: Stored;
  /** Shown once, in the answer, and stored nowhere: a seed with its URI, options for the browser, codes. */
  readonly setup?: unknown;
  /** What a person recognises it by, masked. */
  readonly hint?: string | null;
  /** What the person reads of it in full, when it is added or changed; default the hint. */
  readonly display?: string;
  readonly identity?: Identity | null;
  readonly binding?: Binding;
  /** Where the code goes that confirms it. */
  readonly recipient?: Recipient | null;
  /** `proof`: in force after `complete`; `none`: at once; `required`: not even the service can say it is confirmed. */
  readonly confirmedBy: 'none' | 'proof' | 'required';
}

export interface CompleteInput<
  Answer = unknown,
  Stored = unknown,
  Settings = unknown,
> extends Surroundings<Settings> {
  readonly answer: Answer;
  /** What `begin` made. */
  readonly config: Stored;
  readonly subjectId: string;
  readonly factorId: `fact_${string}`;
  readonly request: VerifyInput['request'];
  readonly matches: (candidate: string) => boolean;
  readonly now: Date;
}

export type Completed<Stored = unknown> =
  | { readonly valid: false }
  | {
      readonly valid: true;
      readonly config?: Stored;
      readonly hint?: string | null;
      readonly identity?: Identity | null;
      readonly binding?: Binding;
    };

/** How a subject gets a factor of this method. */
export interface EnrolmentHooks<Given extends z.ZodObject, Answer extends z.ZodObject, Stored, Settings> {
  /** What the subject gives; shown as JSON Schema, for forms. */
  readonly given: Given;
  /** What confirms it. */
  readonly answer: Answer;
  begin(input: EnrolInput<z.output<Given>, Stored, Settings>): Enrolment<Stored> | Promise<Enrolment<Stored>>;
  complete(
    input: CompleteInput<z.output<Answer>, Stored, Settings>,
  ): Completed<Stored> | Promise<Completed<Stored>>;
}

export interface DecisionInput<Settings = unknown> extends Surroundings<Settings> {
  readonly decision: 'granted' | 'denied' | 'cancelled' | 'confirmed';
  readonly request: unknown;
}

/** A proof beside its `method`: one shape, or one of several. */
type ProofShape = z.ZodObject | z.ZodUnion<readonly z.ZodObject[]>;

/** With its `method`. */
type ProofSchema = z.ZodType<{ method: string }>;

/**
 * A way of proving, complete. Made by {@link defineMethod}.
 *
 * It is `issue` and `verify`, without state, clock or database of its own. Attempts, expiry, one-time use, encryption
 * and constant timing belong to the engine, so a method cannot get them wrong. A throw in `verify` is a wrong answer
 * that cost its attempt.
 */
export interface Method<Stored = unknown, Settings = unknown> {
  readonly key: string;
  readonly title: string;
  /** The strongest that its proofs can be tied to the data. */
  readonly binding: Binding;
  /** Only when an operation lists it by name. */
  readonly mustBeListed: boolean;
  /** Of one that must be listed: it authorizes changes of its subject's factors without, for it is made for them. */
  readonly recovers: boolean;
  /** A subject has one at most; a new one takes its place. */
  readonly single: boolean;
  /** What proves: the secret of a challenge, wherever it was sent, or a factor that the engine looks up. */
  readonly provesBy: 'secret' | 'factor';
  /** Whether a challenge must be asked for first. */
  readonly needsChallenge: boolean;
  /** One wrong answer to a challenge ends it. */
  readonly endsWhenWrong: boolean;
  /** Its challenge rings at a person: prompts are limited and can be muted. */
  readonly prompts: boolean;
  /** What the operator configures; null when nothing. */
  readonly settings: z.ZodObject | null;
  /** The shape of its proof, `method` included. */
  readonly proof: ProofSchema;
  readonly enrolment: EnrolmentHooks<z.ZodObject, z.ZodObject, Stored, Settings> | null;
  /** Without a factor: whether this subject can be asked. Absent: only by a factor. */
  readonly reach: ((input: ReachInput<Settings>) => Reach | null | Promise<Reach | null>) | null;
  /** Where messages for this factor go. */
  recipientOf(config: Stored): Recipient | null;
  /** By which of its factors a proof says it was made. Absent: proofs do not say, it is the one that was asked. */
  readonly identify: ((proof: unknown) => Identity) | null;
  issue(input: IssueInput<Stored, Settings>): Issued | Promise<Issued>;
  verify(input: VerifyInput<unknown, Stored, Settings>): Verdict<Stored> | Promise<Verdict<Stored>>;
  /** Whether a change of configuration needs a proof before it takes effect. */
  isSignificantChange(input: {
    readonly before: Stored;
    readonly after: Stored;
    readonly context: unknown;
  }): boolean;
  /** Whether a confirmation is given by asking alone, as a device that is already trusted might. */
  confirmsAtOnce(input: {
    readonly data: unknown;
    readonly factor: KnownFactor<Stored> | null;
    readonly context: unknown;
  }): boolean;
  /** After the commit; 5 s. What it throws is logged and changes nothing. */
  readonly onDecision: ((input: DecisionInput<Settings>) => void | Promise<void>) | null;
  readonly send: Send | undefined;
}

/** What the author of a method writes; everything optional has a safe default. */
export interface MethodDefinition<
  Key extends string,
  Proof extends ProofShape,
  Given extends z.ZodObject,
  Answer extends z.ZodObject,
  Settings extends z.ZodObject,
  Stored,
> {
  /** Kebab-case, at most 40 characters. */
  readonly key: Key;
  readonly title: string;
  readonly binding: Binding;
  /** What a proof has beside its `method`. */
  readonly proof: Proof;
  /** What a subject gives to enrol; then `enrolment` may be left out: its own proof confirms it. */
  readonly factor?: Given;
  readonly settings?: Settings;
  readonly mustBeListed?: boolean;
  readonly recovers?: boolean;
  readonly single?: boolean;
  readonly provesBy?: 'secret' | 'factor';
  readonly needsChallenge?: boolean;
  readonly endsWhenWrong?: boolean;
  readonly prompts?: boolean;
  readonly enrolment?: Omit<EnrolmentHooks<Given, Answer, Stored, z.output<Settings>>, 'given'>;
  reach?(input: ReachInput<z.output<Settings>>): Reach | null | Promise<Reach | null>;
  recipientOf?(config: Stored): Recipient | null;
  identify?(proof: z.output<Proof>): Identity;
  issue(input: IssueInput<Stored, z.output<Settings>>): Issued | Promise<Issued>;
  verify(
    input: VerifyInput<z.output<Proof>, Stored, z.output<Settings>>,
  ): Verdict<Stored> | Promise<Verdict<Stored>>;
  isSignificantChange?(input: {
    readonly before: Stored;
    readonly after: Stored;
    readonly context: unknown;
  }): boolean;
  confirmsAtOnce?(input: {
    readonly data: unknown;
    readonly factor: KnownFactor<Stored> | null;
    readonly context: unknown;
  }): boolean;
  onDecision?(input: DecisionInput<z.output<Settings>>): void | Promise<void>;
  readonly send?: Send;
}

/**
 * A way of proving of your own. The engine keeps attempts, expiry, one-time use, encryption and timing.
 *
 * @example
 * ```ts
 * const fax = defineMethod({
 *   key: 'fax',
 *   title: 'Fax',
 *   binding: 'server',
 *   factor: z.strictObject({ number: z.string().min(3).max(30) }),
 *   proof: z.strictObject({ code: z.string().regex(/^[0-9]{8}$/) }),
 *   recipientOf: (factor) => ({ channel: 'fax', address: factor.number }),
 *   send: async ({ to, text }) => faxMachine.send(to, text),
 *   issue({ request, randomness }) {
 *     const secret = String(randomness.integer(1e8)).padStart(8, '0');
 *     const facts = request.facts.map(({ label, value }) => `${label}: ${value}`);
 *     return { secret, message: [`${secret} authorizes: ${request.title}`, ...facts].join('\n') };
 *   },
 *   verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
 * });
 * ```
 * @throws TypeError when the key is not kebab-case.
 */
export function defineMethod<
  const Key extends string,
  Proof extends ProofShape,
  Given extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodObject = z.ZodObject,
  Settings extends z.ZodObject = z.ZodObject,
  Stored = z.output<Given>,
>(definition: MethodDefinition<Key, Proof, Given, Answer, Settings, Stored>): Method {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(definition.key))
    throw new TypeError(`method key "${definition.key}" must be kebab-case`);
  const method: Method<Stored, z.output<Settings>> = {
    key: definition.key,
    title: definition.title,
    binding: definition.binding,
    mustBeListed: definition.mustBeListed ?? false,
    recovers: definition.recovers ?? false,
    single: definition.single ?? false,
    provesBy: definition.provesBy ?? 'secret',
    needsChallenge: definition.needsChallenge ?? true,
    endsWhenWrong: definition.endsWhenWrong ?? false,
    prompts: definition.prompts ?? false,
    settings: definition.settings ?? null,
    proof: withMethod(definition.key, definition.proof),
    enrolment: enrolmentOf(definition),
    reach: definition.reach ? (input) => definition.reach?.(input) ?? null : null,
    recipientOf: (config) => definition.recipientOf?.(config) ?? null,
    identify: (definition.identify?.bind(definition) as Method['identify']) ?? null,
    issue: (input) => definition.issue(input),
    verify: (input) => definition.verify(input as VerifyInput<z.output<Proof>, Stored, z.output<Settings>>),
    isSignificantChange: (input) =>
      definition.isSignificantChange?.(input) ?? !isDeepStrictEqual(input.before, input.after),
    confirmsAtOnce: (input) => definition.confirmsAtOnce?.(input) ?? false,
    onDecision: definition.onDecision ? (input) => definition.onDecision?.(input) : null,
    send: definition.send,
  };
  // What a method stores is its own business: the engine passes it on, unread.
  return method as Method;
}

function withMethod(key: string, proof: ProofShape): ProofSchema {
  const named = (shape: z.ZodObject) => shape.extend({ method: z.literal(key) });
  return proof instanceof z.ZodUnion
    ? (z.union(proof.options.map(named)) as unknown as ProofSchema)
    : (named(proof) as unknown as ProofSchema);
}

/** Where a method says only what a subject gives, its own proof confirms it. */
function enrolmentOf<
  Proof extends ProofShape,
  Given extends z.ZodObject,
  Answer extends z.ZodObject,
  Settings extends z.ZodObject,
  Stored,
>(
  definition: MethodDefinition<string, Proof, Given, Answer, Settings, Stored>,
): Method<Stored, z.output<Settings>>['enrolment'] {
  const { factor: given, enrolment, proof } = definition;
  if (!given) return null;
  if (enrolment) return { given, ...enrolment };
  if (!(proof instanceof z.ZodObject))
    throw new TypeError(`method "${definition.key}" has several proofs: it must say by which it is enrolled`);
  return {
    given,
    answer: proof,
    begin({ given: config }) {
      const stored = config as Stored;
      return { config: stored, confirmedBy: 'proof', recipient: definition.recipientOf?.(stored) ?? null };
    },
    async complete({ answer, config, subjectId, factorId, ...rest }) {
      const verdict = await definition.verify({
        ...rest,
        proof: answer as z.output<Proof>,
        decision: 'grant',
        challenge: null,
        factor: { id: factorId, subjectId, config },
      });
      return verdict.valid && verdict.config !== undefined
        ? { valid: true, config: verdict.config }
        : { valid: verdict.valid };
    },
  };
}
