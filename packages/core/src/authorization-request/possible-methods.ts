import { satisfiesBinding, type Binding } from '../binding.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import type { Method, Reach, Recipient } from '../method/define.ts';
import { requireMethod } from '../method/registry.ts';
import { fromHost } from '../within.ts';
import { normalizeRecipient } from '../method/recipient.ts';

export interface PossibleMethod {
  readonly method: Method;
  readonly reach: Reach;
}

interface Wanted {
  readonly subjectId: string;
  /** What the operation allows; undefined: everything that need not be listed. */
  readonly listed: readonly string[] | undefined;
  /** What the caller narrows it to. */
  readonly asked: readonly string[] | undefined;
  readonly binding: Binding;
  readonly deliverTo: Recipient | null;
  readonly passedAlong: unknown;
}

/**
 * Possible = registered, allowed by the operation, strong enough, and the subject can be reached by it.
 *
 * @throws CountersignError `method_unavailable` for an unknown key, or when nothing remains.
 */
export async function possibleMethods(context: CoreContext, wanted: Wanted): Promise<PossibleMethod[]> {
  for (const key of [...(wanted.listed ?? []), ...(wanted.asked ?? [])]) requireMethod(context.methods, key);
  const allowed = context.methods.all.filter(
    (method) =>
      (wanted.listed ? wanted.listed.includes(method.key) : !method.mustBeListed) &&
      (!wanted.asked || wanted.asked.includes(method.key)) &&
      satisfiesBinding(method.binding, wanted.binding),
  );
  const reached = await Promise.all(
    allowed.map(async (method) => ({ method, reach: await reachBy(method, wanted) })),
  );
  const possible = reached.filter((candidate): candidate is PossibleMethod => candidate.reach !== null);
  if (possible.length === 0) throw new CountersignError('method_unavailable');
  return possible;
}

export async function reachBy(
  method: Method,
  wanted: Pick<Wanted, 'subjectId' | 'deliverTo' | 'passedAlong'>,
): Promise<Reach | null> {
  const reach = await fromHost(
    method.reach({
      subjectId: wanted.subjectId,
      deliverTo: wanted.deliverTo,
      context: wanted.passedAlong ?? null,
    }),
  );
  if (!reach?.recipient) return reach;
  const recipient = normalizeRecipient(reach.recipient);
  return recipient && { recipient };
}
