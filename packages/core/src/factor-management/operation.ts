import { z } from 'zod';
import type { CoreServices } from '../context.ts';
import type { FactorInForce } from '../factor/in-force.ts';
import { keyedDigest } from '../keys.ts';
import { canonicalText } from '../operation/canonical.ts';
import type { Operation } from '../operation/define.ts';

/** Changes of what a subject can prove with: operations of ours, which the subject authorizes as any other. */
export type ManagementSlug =
  | 'countersign.factor.create'
  | 'countersign.factor.update'
  | 'countersign.factor.remove'
  | 'countersign.device.register'
  | 'countersign.device.setPrimary'
  | 'countersign.device.revoke';

/** What the person reads before authorizing a change: made here, on the server. */
export interface ManagementDisplay {
  readonly title: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Of a value that is read, as every request has it. */
const valueLengthMax = 200;

/** The input of a change. */
interface Change {
  readonly idempotencyKey?: string | undefined;
  readonly context?: unknown;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** As of the data of every request. */
const configLimits = { at: 'config', bytesMax: 16 * 1024, depthMax: 16 };

/**
 * The data is our own parsed input, so there is nothing left for its schema to say. It is proven by the
 * methods of these factors, a recovery code too, which an operation must list by name otherwise.
 */
export function managementOperation(
  slug: ManagementSlug,
  { title, facts }: ManagementDisplay,
  factors: readonly FactorInForce[],
): Operation {
  const lines = Object.entries(facts).map(([label, value]) => [label, readable(value)]);
  return {
    kind: 'operation',
    slug,
    data: z.unknown(),
    title,
    facts: () => Object.fromEntries(lines) as Record<string, string>,
    methods: [...new Set(factors.map(({ configured }) => configured.method.key))],
    session: 'required',
  };
}

/**
 * What a host or a method says of a factor, as a request takes it: no text of theirs is so long, or so broken, that a
 * change cannot be asked for. It is cut before marks are made visible, and never within a character.
 */
function readable(value: string): string {
  const wellFormed = value.toWellFormed().replaceAll('\u0000', '\ufffd');
  const cut = wellFormed.slice(0, valueLengthMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/**
 * What is authorized: the parsed input without what only accompanies it. What a subject gives to a method may be its
 * secret (a PIN of a host's method), so of that there is a keyed digest, by which the same call finds its request again;
 * what the person has to read of it stands in the facts.
 */
export function changeOf(
  { keys }: Pick<CoreServices, 'keys'>,
  subjectId: string,
  { idempotencyKey: _, context: __, config, ...change }: Change,
): Readonly<Record<string, unknown>> {
  const present = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (config === undefined) return present;
  const digest = keyedDigest(keys.active('idempotency').key, [
    'countersign/change-config/v1',
    subjectId,
    canonicalText(config, configLimits),
  ]);
  return { ...present, configDigest: digest.toString('base64url') };
}
