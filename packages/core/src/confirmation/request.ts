import { tellDecision } from '../challenge/decision.ts';
import { withoutDigits } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { once, type Written } from '../idempotency/once.ts';
import { confirmationDefaults } from '../limits.ts';
import { escapeLine } from '../operation/display.ts';
import { parseInput } from '../parse.ts';
import { admitRequest, type Admitted } from './admit-request.ts';
import { canonicalValue, hashBound, hashValue } from './bound-hashes.ts';
import { repeatFailedDelivery } from './deliver.ts';
import { findWay } from './find-way.ts';
import { insertPrepared } from './insert.ts';
import { prepareConfirmation, type Prepared } from './prepare.ts';
import { confirmationSlug } from './purpose.ts';
import { requestInput, type ConfirmationView, type RequestInput } from './schema.ts';

/**
 * Asks for a confirmation: that somebody proves something by this factor, or by this method alone. It lasts ten minutes,
 * allows five attempts, and serves once, for the purpose, subject, factor and data that it was made for.
 *
 * @throws CountersignError `invalid_input`, `forbidden`, `not_found` (a factor that is not in force or not the
 * subject's), `method_unavailable`, `rate_limited` (messages and prompts), `delivery_failed` (ask for a new one).
 */
export async function requestConfirmation(
  context: CoreContext,
  input: RequestInput,
): Promise<ConfirmationView> {
  const parsed = parseInput(requestInput, input);
  const admitted = admitRequest(context.actor, parsed);
  const value = canonicalValue(parsed.data);
  const prepare = (asking: CoreContext) => prepareRequest(asking, admitted, value, parsed.context);
  return await once<Prepared, ConfirmationView>(context, 'confirmation.request', parsed, {
    prepare,
    write: async (writing, prepared) =>
      await write(writing, prepared ?? (await prepare(writing)), parsed.context),
    replayed: (answer) => repeatFailedDelivery(context, answer),
  });
}

async function prepareRequest(
  context: CoreContext,
  admitted: Admitted,
  value: string | null,
  passedAlong: unknown,
): Promise<Prepared> {
  const { subjectId, purpose } = admitted;
  const data: unknown = value === null ? null : JSON.parse(value);
  const { configured, factorUuid, way } = await findWay(context, admitted, data, passedAlong);
  const { method } = configured;
  const atOnce = method.confirmsAtOnce({ data, factor: way.factor, context: passedAlong ?? null }) === true;
  return await prepareConfirmation(context, {
    kind: 'confirmation',
    slug: confirmationSlug,
    subjectId,
    purpose,
    methodUuid: configured.id,
    factorUuid,
    byFactorInForce: factorUuid !== null,
    way,
    data: value,
    valueHash: hashValue(value),
    dataHash: hashBound({ methodUuid: configured.id, factorUuid, purpose, subjectId, data: value }),
    title: titleOf(admitted),
    challenges: !atOnce && (method.needsChallenge || way.recipient !== null),
    atOnce,
    expiresInSeconds: confirmationDefaults.expiresInSeconds,
    now: context.clock.now(),
    passedAlong,
  });
}

/** A browser never supplies what a person reads (the contract, §2): least of all in a message to an address that it names. */
function titleOf({ purpose, isOwn }: Admitted): string {
  return purpose === null || isOwn ? 'Confirm' : `Confirm: ${escapeLine(purpose)}`.slice(0, 200);
}

async function write(
  writing: CoreContext,
  prepared: Prepared,
  passedAlong: unknown,
): Promise<Written<ConfirmationView>> {
  const { view, afterCommit } = await insertPrepared(writing, prepared);
  const { method, atOnce } = prepared.parameters;
  const told = { decision: 'confirmed', request: view, context: passedAlong ?? null } as const;
  return {
    answer: view,
    repeated: { ...view, challenge: withoutDigits(view.challenge) },
    afterCommit: atOnce ? tellDecision(writing, method, told) : afterCommit,
  };
}
