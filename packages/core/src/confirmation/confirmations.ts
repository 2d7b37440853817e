import type { CoreContext } from '../context.ts';
import type { MethodRegistry } from '../method/registry.ts';
import { checkConfirmation } from './check.ts';
import { confirmConfirmation } from './confirm.ts';
import { requestConfirmation } from './request.ts';
import { useConfirmation } from './use.ts';

/** The verbs of confirmations. */
export interface Confirmations {
  readonly request: typeof requestConfirmation;
  readonly confirm: typeof confirmConfirmation;
  readonly check: typeof checkConfirmation;
  readonly use: typeof useConfirmation;
}

/** By the methods of a registry of their own; undefined: by those of the installation. */
export function confirmationsBy(registry: MethodRegistry | undefined): Confirmations {
  const by = (context: CoreContext): CoreContext => (registry ? { ...context, methods: registry } : context);
  return {
    request: (context, ...rest) => requestConfirmation(by(context), ...rest),
    confirm: (context, ...rest) => confirmConfirmation(by(context), ...rest),
    check: (context, ...rest) => checkConfirmation(by(context), ...rest),
    use: (context, ...rest) => useConfirmation(by(context), ...rest),
  };
}
