import type { Logger } from '../ports.ts';
import type { Operation } from '../operation/define.ts';
import { fromHost } from '../within.ts';

/**
 * Whether a call needs an authorization: always, unless the operation's `when` says exactly `false` of the data. One
 * that fails, or does not answer in time, says nothing. It judges a copy: what it changes there, now or when it was given
 * up, changes nothing of what is asked and executed.
 */
export async function guardApplies(
  { logger }: { readonly logger: Logger },
  { slug, when }: Operation,
  data: unknown,
  hostContext: unknown,
): Promise<boolean> {
  if (when === undefined) return true;
  try {
    const answer = when(structuredClone(data), hostContext);
    if (typeof answer === 'boolean') return answer;
    // A query builder's promise is none of the language's own, and may never answer all the same.
    return (await fromHost(Promise.resolve(answer))) !== false;
  } catch (err) {
    logger.warn({ err, slug }, 'the condition of an operation failed, so its guard applies');
    return true;
  }
}
