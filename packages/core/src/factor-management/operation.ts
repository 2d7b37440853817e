import { z } from 'zod';
import type { FactorInForce } from '../factor/in-force.ts';
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

const valueLengthMax = 200;

/**
 * The data is our own parsed input, so there is nothing left for its schema to say. Every method may prove it by which
 * the subject has a factor, those too that an operation must list by name: a recovery code is for just this.
 */
export function managementOperation(
  slug: ManagementSlug,
  { title, facts }: ManagementDisplay,
  factors: readonly FactorInForce[],
): Operation {
  const lines = Object.entries(facts).map(([label, value]) => [label, value.slice(0, valueLengthMax)]);
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

/** What is authorized: the parsed input without what only accompanies it. No field of it ever holds a secret of ours. */
export function changeOf(parsed: object): Readonly<Record<string, unknown>> {
  const accompanying = new Set(['idempotencyKey', 'context']);
  return Object.fromEntries(
    Object.entries(parsed).filter(([name, value]) => value !== undefined && !accompanying.has(name)),
  );
}
