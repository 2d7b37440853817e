import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { formatId, parseId, type Uuid } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { codeMethodUuid, configuredMethods } from '../method/configured.ts';
import { requireMethod } from '../method/registry.ts';
import { settingsOf } from '../method/settings.ts';
import { canonicalText } from '../operation/canonical.ts';
import { invalidInputFrom, parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { oneAfterAnother } from './one-after-another.ts';
import { openConfiguration } from './open.ts';
import type { MethodConfigurationRow } from './row.ts';
import { configureInput, type MethodView } from './schema.ts';
import { sealSettings } from './sealed-settings.ts';
import { putConfiguration } from './statement/put.ts';
import { readConfigurations } from './statement/read.ts';
import { viewOf } from './view.ts';

/** Far more than an installation has methods: each node reads all of them four times a second. */
export const configurationsMax = 100;
const configLimits = { at: 'config', bytesMax: 16 * 1024, depthMax: 16 };

/**
 * Configures a method: one that code has registered (by its id), one that was configured before (by its), or, without
 * an id, a further one of the same method, such as a second carrier. In force here when it answers, on every other
 * node within a second.
 *
 * Exactly one method is the default. Who makes another one the default takes it over at once; when the default is
 * switched off, the first active method is.
 *
 * @example
 * ```ts
 * const operator = core.context({ kind: 'operator' });
 * await core.method.configure(operator, { key: 'fax', title: 'Fax', config: { apiKey }, isDefault: true });
 * ```
 * @throws CountersignError `forbidden` for all but an operator; `method_unavailable` for a key that is not registered;
 * `not_found` for an unknown id; `invalid_input`, with the places in `config` that its method does not accept.
 */
export async function configureMethod(
  context: CoreContext,
  input: z.input<typeof configureInput>,
): Promise<MethodView> {
  const parsed = parseInput(configureInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  return await once(context, 'method.configure', parsed, {
    write: async (within) => {
      requireSettings(within, parsed);
      const answer = await oneAfterAnother(within, async (db) => await put({ ...within, db }, parsed));
      return {
        answer,
        isNews: false,
        afterCommit: async () => {
          logger.info({ methodId: answer.id, by: nameOfOperator(actor) }, 'a method was configured');
          await context.methodConfigurations.refresh();
        },
      };
    },
  });
}

type Parsed = z.output<typeof configureInput>;

/** The method judges what it is given before anything is stored. */
function requireSettings({ methods }: CoreContext, { key, config }: Parsed): void {
  const method = requireMethod(methods, key);
  canonicalText(config, configLimits);
  const judged = settingsOf(method).safeParse(config);
  if (!judged.success) throw invalidInputFrom(judged.error, ['config']);
}

async function put(context: CoreContext, parsed: Parsed): Promise<MethodView> {
  const { db, clock, keys, randomness, methods, actor } = context;
  const { key, title, config } = parsed;
  const earlier = await db.query(readConfigurations, {});
  const id = idToPut(context, parsed, earlier);
  const before = earlier.find((row) => row.id === id);
  if (!before && earlier.length >= configurationsMax)
    throw invalidInput([], `must not be more than ${configurationsMax} configurations: remove one first`);
  const isActive = parsed.isActive ?? before?.is_active ?? true;
  if (parsed.isDefault && !isActive)
    throw invalidInput(['isDefault'], 'must not be one that is switched off');
  await db.query(putConfiguration, {
    id,
    method: key,
    title,
    config: sealSettings(keys, randomness, { id, method: key }, config),
    isActive,
    isDefault: isActive && (parsed.isDefault ?? before?.is_default ?? false),
    now: clock.now(),
  });
  const now = await db.query(readConfigurations, {});
  const all = configuredMethods(
    methods,
    now.map((row) => openConfiguration(context, row, () => undefined)),
  );
  const configured = all.find((one) => one.id === id);
  if (!configured) throw new Error('what was configured is there');
  return viewOf(configured, actor);
}

/** The id of what is changed, or a new one. A configuration stays one of its method. */
function idToPut(
  { methods, ids }: CoreContext,
  { id: given, key }: Parsed,
  earlier: readonly MethodConfigurationRow[],
): Uuid<'method'> {
  if (given === undefined) return ids.uuid();
  const id = parseId('method', given);
  const keyThere =
    earlier.find((row) => row.id === id)?.method ??
    methods.all.find((method) => codeMethodUuid(method.key) === id)?.key;
  if (id === null || keyThere === undefined) throw new CountersignError('not_found');
  if (keyThere !== key) throw invalidInput(['key'], `must stay "${keyThere}" for ${formatId('method', id)}`);
  return id;
}
