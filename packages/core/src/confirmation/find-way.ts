import type { Way } from '../challenge/way.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { factorsInForce } from '../factor/in-force.ts';
import { findConfigured, type ConfiguredMethod } from '../method/configured.ts';
import { normalizeRecipient } from '../method/recipient.ts';
import { fromHost } from '../within.ts';
import type { Admitted } from './admit-request.ts';
import { activeMethods } from './configured.ts';
import { recipientNamedBy } from './named-recipient.ts';

/** How a confirmation is asked for, and by which configuration of a method. */
export interface FoundWay {
  readonly configured: ConfiguredMethod;
  readonly factorUuid: string | null;
  readonly way: Way;
}

/**
 * By a factor in force, or by a method alone. A subject may not choose a method that has to be listed by name: it would
 * choose the one that proves least, and `use` does not compare methods.
 *
 * @throws CountersignError `not_found` for a factor that is not the subject's own or not in force;
 * `method_unavailable` for a method that is unknown, switched off, or cannot do without a factor.
 */
export async function findWay(
  context: CoreContext,
  admitted: Admitted,
  data: unknown,
  passedAlong: unknown,
): Promise<FoundWay> {
  const { by, isOwn } = admitted;
  const found =
    'methodId' in by
      ? await wayByMethod(context, by.methodId, admitted, data, passedAlong)
      : await wayByFactor(context, by.factorUuid, by.subjectId);
  if (isOwn && found.configured.method.mustBeListed) throw new CountersignError('method_unavailable');
  return found;
}

async function wayByFactor(context: CoreContext, factorUuid: string, subjectId: string): Promise<FoundWay> {
  const reading = { ...context, db: context.database.pool };
  const [factor] = await factorsInForce(reading, { subjectId, ids: [factorUuid] });
  if (!factor) throw new CountersignError('not_found');
  const { configured, known } = factor;
  const { method, settings } = configured;
  const recipient = method.recipientOf(known.config);
  return {
    configured,
    factorUuid,
    way: { method, settings, factor: known, factorRenewals: factor.renewals, factors: [known], recipient },
  };
}

async function wayByMethod(
  context: CoreContext,
  methodId: string,
  { subjectId }: Admitted,
  data: unknown,
  passedAlong: unknown,
): Promise<FoundWay> {
  const configured = findConfigured(await activeMethods(context), methodId);
  if (!configured?.method.reach || configured.method.provesBy === 'factor')
    throw new CountersignError('method_unavailable');
  const { method, settings } = configured;
  const named = recipientNamedBy(configured, data);
  if (named && !normalizeRecipient(named))
    throw invalidInput(['data'], `must be an address for ${named.channel}`);
  const reach = named
    ? { recipient: named }
    : await fromHost(
        configured.method.reach({
          subjectId,
          deliverTo: null,
          settings,
          issuer: context.issuer,
          context: passedAlong ?? null,
        }),
      );
  const recipient = reach?.recipient ? normalizeRecipient(reach.recipient) : null;
  if (!reach || (reach.recipient && !recipient)) throw new CountersignError('method_unavailable');
  return {
    configured,
    factorUuid: null,
    way: { method, settings, factor: null, factorRenewals: null, factors: [], recipient },
  };
}
