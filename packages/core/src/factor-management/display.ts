import type { CoreContext } from '../context.ts';
import type { FactorRow } from '../factor/row.ts';
import { factorViewOf } from '../factor/view.ts';
import { configuredMethods } from '../method/configured.ts';
import type { ManagementDisplay } from './operation.ts';

/** What the person reads of a factor that is there already; `facts` are added to it. */
export async function displayOfFactor(
  context: CoreContext,
  title: string,
  row: FactorRow,
  facts: ManagementDisplay['facts'] = {},
): Promise<ManagementDisplay> {
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const view = factorViewOf(row, methods);
  const method = methods.find(({ id }) => id === row.method_id)?.title ?? row.method;
  return {
    title,
    facts: {
      Method: method,
      ...(view.title !== method && { Title: view.title }),
      ...(view.hint !== null && { Address: view.hint }),
      ...facts,
    },
  };
}
