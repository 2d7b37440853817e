import type { CoreContext } from '../context.ts';
import { configuredMethods, type ConfiguredMethod } from '../method/configured.ts';
import type { ConfirmationRow } from './row.ts';

/** The methods of this registry that are active now. */
export async function activeMethods(context: CoreContext): Promise<readonly ConfiguredMethod[]> {
  const all = configuredMethods(context.methods, await context.methodConfigurations.current());
  return all.filter(({ isActive }) => isActive);
}

/** The method of a confirmation, as it is configured now; undefined when it is switched off or not of this registry. */
export function methodOf(
  active: readonly ConfiguredMethod[],
  row: Pick<ConfirmationRow, 'method' | 'method_id'>,
): ConfiguredMethod | undefined {
  return active.find(({ id, method }) => id === row.method_id && method.key === row.method);
}
