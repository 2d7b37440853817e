import type { z } from 'zod';
import { bindings, satisfiesBinding, type Binding } from '../binding.ts';
import { insertEnrolment, prepareEnrolment, type PreparedConfirmation } from '../confirmation/enrolment.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import type { FactorRow } from '../factor/row.ts';
import { openConfig, sealConfig } from '../factor/sealed-config.ts';
import { changeFactor, promoteNext } from '../factor/statement/change.ts';
import { identityExists } from '../factor/statement/identity.ts';
import { formatId } from '../id.ts';
import { once, type Written } from '../idempotency/once.ts';
import { configuredMethods } from '../method/configured.ts';
import { parseInput } from '../parse.ts';
import { authorizeManagement, refuseBeforehand, type ManagementChange } from './authorize.ts';
import {
  begin,
  enrollerOf,
  factorExists,
  openWaiting,
  sealWaiting,
  waitingHash,
  type Begun,
} from './configuration.ts';
import { writtenChange } from './create.ts';
import { displayOfFactor } from './display.ts';
import { endAuthorityOf } from './end-authority.ts';
import { changeOf } from './operation.ts';
import { lockedFactor, ownedFactor } from './owned.ts';
import { updateInput, type updateOutput } from './schema.ts';

type Input = z.output<typeof updateInput>;
export type UpdateInput = z.input<typeof updateInput>;
export type UpdateAnswer = z.output<typeof updateOutput>;

const title = 'Change a way to confirm';

/**
 * Changes a factor. A new configuration that is significant, as its method says, waits for its confirmation, and the
 * old one stays in force until then; an insignificant one, and everything else, applies at once.
 *
 * @throws CountersignError `not_found`, `invalid_input`, `method_unavailable`, `factor_exists`, `rate_limited`,
 * `delivery_failed`, and what `authorizeManagement` refuses by.
 */
export async function updateFactor(context: CoreContext, input: UpdateInput): Promise<UpdateAnswer> {
  const parsed = parseInput(updateInput, input);
  return await once(context, 'factor.update', parsed, {
    prepare: async (asking) => {
      const row = await ownedFactor(asking, parsed);
      assertPossible(parsed, row);
      if (parsed.config !== undefined) await refuseBeforehand(asking, changeBy(asking, parsed, row));
      return await prepare(asking, parsed, row);
    },
    write: async (writing, prepared) =>
      await writeUpdate(writing, parsed, prepared ?? (await prepareUpdate(writing, parsed))),
  });
}

/** A change that is known, of which nothing is written. */
export interface PreparedUpdate {
  readonly change: ManagementChange;
  readonly renewal: Renewal | null;
  readonly row: FactorRow;
}

/** A new configuration for a factor. */
interface Renewal {
  readonly begun: Begun;
  /** What was in force when it was begun. */
  readonly version: number;
  /** Sealed; null when it waits. */
  readonly config: Buffer | null;
  /** Sealed; null when it applies at once. */
  readonly pending: Buffer | null;
  readonly confirmation: PreparedConfirmation | null;
}

export async function prepareUpdate(context: CoreContext, input: Input): Promise<PreparedUpdate> {
  const row = await ownedFactor(context, input);
  assertPossible(input, row);
  return await prepare(context, input, row);
}

/** As strong as the factor is now; a new configuration may be stronger. */
function changeBy(context: CoreContext, input: Input, { subject_id: subjectId, binding }: FactorRow) {
  const data = changeOf(context, subjectId, input);
  return { slug: 'countersign.factor.update', subjectId, data, binding, passedAlong: input.context } as const;
}

async function prepare(context: CoreContext, input: Input, row: FactorRow): Promise<PreparedUpdate> {
  const renewal = input.config === undefined ? null : await renew(context, input, row);
  const shown = renewal?.begun.enrolment.display ?? renewal?.begun.enrolment.hint;
  const facts = {
    ...(input.title !== undefined && { 'New title': input.title }),
    ...(shown != null && { 'New address': shown }),
    ...(input.isActive !== undefined && { Active: input.isActive ? 'yes' : 'no' }),
    ...(input.isDefault !== undefined && { Default: input.isDefault ? 'yes' : 'no' }),
  };
  return {
    row,
    renewal,
    change: {
      ...changeBy(context, input, row),
      display: await displayOfFactor(context, title, row, facts),
      binding: stronger(row.binding, renewal?.begun.binding ?? row.binding),
    },
  };
}

function assertPossible(input: Input, row: FactorRow): void {
  const asked = (['title', 'config', 'isActive', 'isDefault'] as const).filter(
    (name) => input[name] !== undefined,
  );
  if (asked.length === 0) throw invalidInput([], 'must name something to change');
  const ofDevice = asked.find((name) => name === 'config' || name === 'isActive');
  // A device's key is its own, and its tokens end when it is revoked.
  if (row.device !== null && ofDevice !== undefined)
    throw invalidInput([ofDevice], 'cannot be changed of a device: revoke it and register it again');
  if (input.isDefault === true && (row.status !== 'confirmed' || !(input.isActive ?? row.is_active)))
    throw invalidInput(['isDefault'], 'is possible for a confirmed, active factor');
}

function stronger(one: Binding, other: Binding): Binding {
  return bindings.findLast((each) => satisfiesBinding(one, each) || satisfiesBinding(other, each)) ?? one;
}

async function renew(context: CoreContext, input: Input, row: FactorRow): Promise<Renewal> {
  const enroller = await enrollerOf(context, formatId('method', row.method_id));
  const { configured } = enroller;
  const { method } = configured;
  if (method.key !== row.method) throw new CountersignError('method_unavailable');
  const place = { subjectId: row.subject_id, factorId: row.id };
  const current = row.config && openConfig(context, place, row.config);
  const passedAlong = input.context;
  const begun = await begin(context, enroller, { ...place, given: input.config, current, passedAlong });
  const { enrolment, identity } = begun;
  if (identity && (await context.db.query(identityExists, { identity, id: row.id })).length > 0)
    throw new CountersignError('factor_exists');
  const { confirmedBy, config: after } = enrolment;
  const isSignificant = (): boolean =>
    current === null || method.isSignificantChange({ before: current, after, context: passedAlong ?? null });
  const waits = confirmedBy === 'required' || (confirmedBy === 'proof' && isSignificant());
  const now = context.clock.now();
  // Begun anew, it is still wanted for what it was wanted for.
  const wantsDefault = row.pending !== null && openWaiting(context, place, row.pending).wantsDefault;
  const pending = waits ? sealWaiting(context, place, { config: after, wantsDefault }) : null;
  return {
    begun,
    version: row.version,
    config: waits ? null : sealConfig(context, place, after),
    pending,
    confirmation:
      pending &&
      (await prepareEnrolment(context, {
        factorUuid: row.id,
        subjectId: row.subject_id,
        configured,
        recipient: enrolment.recipient ?? null,
        valueHash: waitingHash(pending),
        title,
        now,
        passedAlong,
      })),
  };
}

export async function writeUpdate(
  context: CoreContext,
  input: Input,
  { change, renewal, row }: PreparedUpdate,
): Promise<Written<UpdateAnswer>> {
  return await authorizeManagement(context, change, async (writing, authorizedBy) => {
    const present = await lockedFactor(writing, row);
    // A proof has used something up since: what was made of the old configuration is made again, of the present one.
    const current =
      renewal && present.version !== renewal.version ? await renew(writing, input, present) : renewal;
    return await apply(writing, input, present, { renewal: current, authorizedBy });
  });
}

async function apply(
  writing: CoreContext,
  input: Input,
  present: FactorRow,
  { renewal, authorizedBy }: { readonly renewal: Renewal | null; readonly authorizedBy: string | null },
): Promise<Written<UpdateAnswer>> {
  const told = eventParametersOf(writing, writing.clock.now(), input.context);
  const names = (['title', 'isActive', 'isDefault'] as const).filter((name) => input[name] !== undefined);
  const [row] = await writing.db
    .query(changeFactor, {
      ...told,
      id: present.id,
      title: input.title ?? null,
      isActive: input.isActive ?? null,
      isDefault: input.isDefault ?? null,
      config: renewal?.config ?? null,
      pending: renewal?.pending ?? null,
      authorizedBy,
      hint: renewal?.begun.enrolment.hint ?? null,
      identity: renewal?.begun.identity ?? null,
      binding: renewal?.begun.binding ?? null,
      changes: [...names, ...(renewal ? [renewal.pending ? 'pending' : 'config'] : [])],
      eventId: writing.ids.uuid(),
      demotedEventId: writing.ids.uuid(),
    })
    .catch(factorExists);
  if (!row) throw new CountersignError('unavailable');
  // A factor cannot be switched off by its own proof and let in by it what would be in force later.
  if (renewal?.pending && !row.is_active && authorizedBy === row.id)
    throw new CountersignError('unavailable');
  const hasEnded = !row.is_active || row.renewals > present.renewals;
  const ended = hasEnded ? await endAuthorityOf(writing, row, input.context) : [];
  if (present.is_default && !row.is_active)
    await writing.db.query(promoteNext, { ...told, subjectId: row.subject_id });
  const confirmation = renewal?.confirmation && (await insertEnrolment(writing, renewal.confirmation));
  const setup = renewal?.begun.enrolment.setup;
  const methods = configuredMethods(writing.methods, await writing.methodConfigurations.current());
  const answered = {
    ...(confirmation && { confirmation: confirmation.view }),
    ...(setup !== undefined && { setup }),
  };
  return writtenChange(writing, row, methods, answered, async () => {
    writing.wake(ended);
    await confirmation?.afterCommit?.();
  });
}
