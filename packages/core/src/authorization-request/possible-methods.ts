import { satisfiesBinding, type Binding } from '../binding.ts';
import type { Way } from '../challenge/way.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { factorsInForce, type FactorInForce } from '../factor/in-force.ts';
import { configuredMethods, findConfigured, type ConfiguredMethod } from '../method/configured.ts';
import type { Method, Recipient } from '../method/define.ts';
import { normalizeRecipient } from '../method/recipient.ts';
import { requireMethod } from '../method/registry.ts';
import { fromHost } from '../within.ts';

export interface Wanted {
  readonly subjectId: string;
  /** What the operation allows; undefined: everything that need not be listed. */
  readonly listed: readonly string[] | undefined;
  /** What the caller narrows it to. */
  readonly asked: readonly string[] | undefined;
  /** UUIDs of the only factors that may answer; null: any, and what the host knows of the subject. */
  readonly factorIds: readonly string[] | null;
  readonly binding: Binding;
  readonly deliverTo: Recipient | null;
  readonly passedAlong: unknown;
}

/**
 * Possible = registered, active, allowed by the operation, strong enough, and the subject has a factor in force; or
 * can be reached without one (by `deliverTo`, or what the host knows of the subject), where the method can do that and
 * no factor is demanded.
 *
 * @throws CountersignError `method_unavailable` for an unknown key, or when nothing remains.
 */
export async function possibleWays(context: CoreContext, wanted: Wanted): Promise<Way[]> {
  for (const key of [...(wanted.listed ?? []), ...(wanted.asked ?? [])]) requireMethod(context.methods, key);
  const allowed = inOrderOf(wanted.listed, context.methods.all).filter(
    (method) =>
      (wanted.listed ? wanted.listed.includes(method.key) : !method.mustBeListed) &&
      (!wanted.asked || wanted.asked.includes(method.key)) &&
      satisfiesBinding(method.binding, wanted.binding),
  );
  const configured = configuredMethods(context.methods, await context.methodConfigurations.current());
  const addressed = await Promise.all(
    allowed.map(async (method) =>
      wanted.deliverTo ? await wayWithoutFactor(context, method, configured, wanted) : null,
    ),
  );
  // With an address and nothing else allowed there is nothing to look up.
  const factors = addressed.every((way) => way !== null)
    ? []
    : await factorsInForce(context, { subjectId: wanted.subjectId, ids: wanted.factorIds });
  const ways = await Promise.all(
    allowed.map(
      async (method, index) =>
        addressed[index] ??
        wayByFactor(method, factors, wanted.binding) ??
        (wanted.deliverTo ? null : await wayWithoutFactor(context, method, configured, wanted)),
    ),
  );
  const possible = ways.filter((way) => way !== null);
  if (possible.length === 0) throw new CountersignError('method_unavailable');
  return possible;
}

/** An operation lists its methods in the order in which they are offered; without a list it is the installation's. */
function inOrderOf(listed: readonly string[] | undefined, all: readonly Method[]): readonly Method[] {
  if (!listed) return all;
  return all.toSorted((a, b) => listed.indexOf(a.key) - listed.indexOf(b.key));
}

/** A method whose proofs do not say by which factor they were made is asked of one: the default one or the newest. */
function wayByFactor(method: Method, all: readonly FactorInForce[], binding: Binding): Way | null {
  const able = all.filter(
    (factor) => factor.configured.method.key === method.key && satisfiesBinding(factor.binding, binding),
  );
  const [first] = able;
  if (!first) return null;
  const one = method.identify === null || able.length === 1 ? first.known : null;
  return {
    method,
    settings: first.configured.settings,
    factor: one,
    factorRenewals: one && first.renewals,
    factors: one ? [one] : able.map(({ known }) => known),
    recipient: one && method.recipientOf(one.config),
  };
}

async function wayWithoutFactor(
  context: CoreContext,
  method: Method,
  configured: readonly ConfiguredMethod[],
  wanted: Pick<Wanted, 'subjectId' | 'deliverTo' | 'passedAlong' | 'factorIds'>,
): Promise<Way | null> {
  const offered = findConfigured(configured, method.key);
  if (!method.reach || !offered?.isActive || wanted.factorIds !== null) return null;
  const reach = await fromHost(
    method.reach({
      subjectId: wanted.subjectId,
      deliverTo: wanted.deliverTo,
      settings: offered.settings,
      issuer: context.issuer,
      context: wanted.passedAlong ?? null,
    }),
  );
  const recipient = reach?.recipient ? normalizeRecipient(reach.recipient) : null;
  if (!reach || (reach.recipient && !recipient)) return null;
  return { method, settings: offered.settings, factor: null, factorRenewals: null, factors: [], recipient };
}
