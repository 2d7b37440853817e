import { createHash } from 'node:crypto';
import type { Binding } from '../binding.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { identityDigest } from '../factor/identity.ts';
import { factorsInForce } from '../factor/in-force.ts';
import { openConfig, sealConfig } from '../factor/sealed-config.ts';
import { formatId } from '../id.ts';
import { configuredMethods, findConfigured, type ConfiguredMethod } from '../method/configured.ts';
import type { Enrolment, Method } from '../method/define.ts';
import { invalidInputFrom } from '../parse.ts';
import { fromHost } from '../within.ts';

/** A method by which a subject can be enrolled. */
export interface Enroller {
  readonly configured: ConfiguredMethod;
  readonly enrolment: NonNullable<Method['enrolment']>;
}

/** @throws CountersignError `method_unavailable`: unknown, switched off, or nothing that a subject enrols. */
export async function enrollerOf(context: CoreContext, methodId: string): Promise<Enroller> {
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const configured = findConfigured(methods, methodId);
  const enrolment = configured?.method.enrolment;
  if (!configured?.isActive || !enrolment) throw new CountersignError('method_unavailable');
  return { configured, enrolment };
}

/** Whose factor it is, or will be. */
export interface FactorPlace {
  readonly subjectId: string;
  /** Its UUID. */
  readonly factorId: string;
}

/** What is to be enrolled. */
interface Beginning extends FactorPlace {
  /** As the caller gave it. */
  readonly given: Readonly<Record<string, unknown>> | undefined;
  /** What is in force now, opened, when this is a change. */
  readonly current: unknown;
  readonly passedAlong: unknown;
}

/** An enrolment that has begun: only in memory, nothing is written. */
export interface Begun {
  readonly enrolment: Enrolment;
  readonly binding: Binding;
  readonly identity: Buffer | null;
}

/**
 * Asks the method to begin. A function of the host, so never while something is locked that others wait for.
 *
 * @throws CountersignError `invalid_input` at `config` for what the method's own schema refuses.
 */
export async function begin(
  context: CoreContext,
  { configured, enrolment }: Enroller,
  { subjectId, factorId, given, current, passedAlong }: Beginning,
): Promise<Begun> {
  const { method, settings } = configured;
  const parsed = await fromHost(enrolment.given.safeParseAsync(given ?? {}));
  if (!parsed.success) throw invalidInputFrom(parsed.error, ['config']);
  const others = await factorsInForce(context, { subjectId, method: method.key });
  const begun = await fromHost(
    enrolment.begin({
      given: parsed.data,
      subjectId,
      factorId: formatId('factor', factorId),
      current,
      factors: others.filter(({ uuid }) => uuid !== factorId).map(({ known }) => known),
      randomness: context.randomness,
      now: context.clock.now(),
      settings,
      issuer: context.issuer,
      context: passedAlong ?? null,
    }),
  );
  return {
    enrolment: begun,
    binding: begun.binding ?? method.binding,
    identity: begun.identity ? identityDigest(method.key, subjectId, begun.identity) : null,
  };
}

/** What waits for its confirmation. Beside the method's configuration it keeps what was wanted with it. */
export interface Waiting {
  readonly config: unknown;
  readonly wantsDefault: boolean;
}

export function sealWaiting(context: CoreContext, place: FactorPlace, waiting: Waiting): Buffer {
  return sealConfig(context, place, waiting);
}

export function openWaiting(context: CoreContext, place: FactorPlace, pending: Uint8Array): Waiting {
  return openConfig(context, place, pending) as Waiting;
}

/**
 * Which one waits, for the confirmation that is made for it: the sealed bytes are never the same twice, so one of an
 * earlier beginning confirms nothing (bug 20: a replayed enrolment link registers the attacker's key).
 */
export function waitingHash(pending: Uint8Array): Buffer {
  return createHash('sha256').update('countersign/pending/v1\0').update(pending).digest();
}

/** Whether an error says that what must not exist twice is there already. */
function isIdentityTaken(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'factor_identity';
}

/** For a statement that brings an identity into force: two at once are judged by the database. */
export function factorExists(error: unknown): never {
  if (isIdentityTaken(error)) throw new CountersignError('factor_exists', { cause: error });
  throw error;
}
