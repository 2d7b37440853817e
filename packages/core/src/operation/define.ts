import type { z } from 'zod';
import { bindings, type Binding } from '../binding.ts';

/** Told to the functions of an operation that make text. */
export interface DisplayOptions {
  /** BCP 47 tag of the person's language, as the caller gave it; undefined when it gave none. */
  readonly locale: string | undefined;
}

/** Whether the guard applies to a call with this data; `context` is the tRPC context of the call. */
export type When<Schema extends z.ZodType = z.ZodType> = (
  data: z.output<Schema>,
  context: unknown,
) => boolean | Promise<boolean>;

/** How a kind of dangerous action is declared. Times are seconds. */
export interface OperationOptions<
  Slug extends string,
  Schema extends z.ZodType,
  Condition extends When<Schema> | undefined = When<Schema> | undefined,
> {
  /** `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, not beginning with `countersign.`. */
  readonly slug: Slug;
  /** The exact values to be authorized. Use a strict object: an unknown key is a change of the operation. */
  readonly data: Schema;
  readonly title: string | ((data: z.output<Schema>, options: DisplayOptions) => string);
  readonly description?: string | ((data: z.output<Schema>, options: DisplayOptions) => string);
  /** What the person reads, made on the server from the data: at most 12 lines. */
  readonly facts?: (data: z.output<Schema>, options: DisplayOptions) => Readonly<Record<string, string>>;
  /** Whether the guard applies. Anything but `false`, a throw or an answer after four seconds too, means it does. */
  readonly when?: Condition;
  /** The only methods that may prove it, in the order in which a person is offered them; default all. */
  readonly methods?: readonly string[];
  /** The least a proof must be tied to the data; default `none`. */
  readonly binding?: Binding;
  readonly session?: 'required' | 'any';
  /** Time to answer; default 300, at most 3,600. */
  readonly expiresInSeconds?: number;
  /** Time to execute after the grant; default 300, at most 86,400. */
  readonly executeWithinSeconds?: number;
  /** Wrong proofs allowed, all methods together; 1 to 5, default 5. */
  readonly attemptsMax?: number;
  /** Whether the subject's own browser may create the request; default false. */
  readonly clientCreatable?: boolean;
}

export interface Operation<
  Slug extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Condition extends When<Schema> | undefined = When<Schema> | undefined,
> extends OperationOptions<Slug, Schema, Condition> {
  readonly kind: 'operation';
}

const slugPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Declares a kind of dangerous action. The slug, the schema and the text live in one place; the types of
 * the client, the events and the guard follow from it.
 *
 * @example
 * ```ts
 * const transfer = defineOperation({
 *   slug: 'transfer',
 *   data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
 *   title: 'Transfer money',
 *   facts: (data) => ({ To: data.to, Amount: `€ ${data.amountCents / 100}` }),
 * });
 * ```
 * @throws TypeError at once, naming every setting that is out of its bounds.
 */
export function defineOperation<const Slug extends string, Schema extends z.ZodType>(
  options: OperationOptions<Slug, Schema, undefined>,
): Operation<Slug, Schema, undefined>;
export function defineOperation<const Slug extends string, Schema extends z.ZodType>(
  options: OperationOptions<Slug, Schema>,
): Operation<Slug, Schema>;
export function defineOperation(options: OperationOptions<string, z.ZodType>): Operation {
  const wrong = [...problems(options)];
  if (wrong.length > 0) throw new TypeError(`operation "${options.slug}": ${wrong.join('; ')}`);
  return Object.freeze({ ...options, kind: 'operation' as const });
}

function* problems(options: OperationOptions<string, z.ZodType>): Generator<string> {
  if (!slugPattern.test(options.slug)) yield 'slug must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}';
  if (options.slug.startsWith('countersign.')) yield 'slugs beginning with "countersign." are reserved';
  yield* outside('expiresInSeconds', options.expiresInSeconds, 1, 3600);
  yield* outside('executeWithinSeconds', options.executeWithinSeconds, 1, 86_400);
  yield* outside('attemptsMax', options.attemptsMax, 1, 5);
  if (options.binding !== undefined && !bindings.includes(options.binding))
    yield `binding must be one of ${bindings.join(', ')}`;
  if (options.methods?.length === 0) yield 'methods must name at least one method, or be left out';
}

function* outside(
  name: string,
  value: number | undefined,
  minimum: number,
  maximum: number,
): Generator<string> {
  if (value === undefined) return;
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    yield `${name} must be a whole number from ${minimum} to ${maximum}`;
  }
}
