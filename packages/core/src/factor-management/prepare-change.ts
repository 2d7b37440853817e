import type { CoreContext } from '../context.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { updateInput } from './schema.ts';
import { prepareUpdate, writeUpdate, type UpdateAnswer } from './update.ts';

/** A change of configuration that can be looked at before it is made. */
export interface PreparedChange {
  /** Whether it must be confirmed before it takes effect. */
  readonly significant: boolean;
  /** Makes it: as `factor.update` with this configuration, and refused as that is. */
  commit(): Promise<UpdateAnswer>;
}

/**
 * Says what a change of a factor's configuration would be, for hosts in process that ask before they do.
 *
 * @example
 * ```ts
 * const change = await core.factors.prepareChange(context, factorId, { channel: 'sms', address });
 * if (!change.significant || (await confirmed('You will be sent a code.'))) await change.commit();
 * ```
 * @throws CountersignError `not_found`, `invalid_input`, `method_unavailable`, `factor_exists`.
 */
export async function prepareChange(
  context: CoreContext,
  factorId: string,
  config: Readonly<Record<string, unknown>>,
): Promise<PreparedChange> {
  const input = parseInput(updateInput, { id: factorId, config });
  const prepared = await prepareUpdate(context, input);
  return {
    significant: prepared.renewal?.pending != null,
    commit: async () =>
      await once(context, 'factor.update', input, {
        write: async (writing) => await writeUpdate(writing, input, prepared),
      }),
  };
}
