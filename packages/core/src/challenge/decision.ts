import type { CoreContext } from '../context.ts';
import { configuredMethods, findConfigured } from '../method/configured.ts';
import type { DecisionInput } from '../method/define.ts';
import { fromHost } from '../within.ts';

/**
 * Tells a method what became of what it was asked for, after the commit. Null when it does not want to know, so that
 * nothing is made for it. What it throws is logged and changes nothing: the decision stands.
 */
export function tellDecision(
  context: CoreContext,
  methodKey: string,
  told: Pick<DecisionInput, 'decision' | 'request' | 'context'>,
): (() => Promise<void>) | null {
  const method = context.methods.get(methodKey);
  const onDecision = method?.onDecision;
  if (!onDecision) return null;
  return async () => {
    try {
      const configured = configuredMethods(context.methods, await context.methodConfigurations.current());
      const settings = findConfigured(configured, methodKey)?.settings ?? {};
      await fromHost(onDecision({ ...told, settings, issuer: context.issuer }));
    } catch (cause) {
      context.logger.warn(
        { method: methodKey, cause: cause instanceof Error ? cause.name : typeof cause },
        'a method failed to take note of a decision',
      );
    }
  };
}
