import type { z } from 'zod';
import { insertEnrolment, prepareEnrolment, type PreparedConfirmation } from '../confirmation/enrolment.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import type { FactorRow } from '../factor/row.ts';
import { sealConfig } from '../factor/sealed-config.ts';
import { identityExists } from '../factor/statement/identity.ts';
import { insertFactor, type InsertFactorParameters } from '../factor/statement/insert.ts';
import { factorViewOf } from '../factor/view.ts';
import { formatId } from '../id.ts';
import { once, type Written } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import { authorizeManagement, ownerOf, type ManagementChange } from './authorize.ts';
import {
  begin,
  enrollerOf,
  factorExists,
  sealWaiting,
  waitingHash,
  type Begun,
  type Enroller,
} from './configuration.ts';
import { endUnproven, isFirst } from './first-factor.ts';
import { changeOf } from './operation.ts';
import { createInput, type CreateInput, type createOutput } from './schema.ts';

type Input = z.output<typeof createInput>;
type Answer = z.output<typeof createOutput>;

/**
 * Factors of one subject that were not removed. Who needs more has forgotten some; and every one of them is opened and
 * asked at each request.
 */
const factorsMax = 20;

/**
 * Adds a way to prove. Where its method has something to confirm it by, it waits for its confirmation and proves
 * nothing before; `setup` is in this answer and nowhere else.
 *
 * @throws CountersignError `invalid_input` (paths of the method's own configuration begin with `config`),
 * `method_unavailable`, `factor_exists`, `rate_limited` (too many factors, or messages), `delivery_failed`, and what
 * `authorizeManagement` refuses by.
 */
export async function createFactor(context: CoreContext, input: CreateInput): Promise<Answer> {
  const parsed = parseInput(createInput, input);
  const subjectId = subjectOf(context, parsed);
  const enroller = await enrollerOf(context, parsed.methodId);
  return await once(context, 'factor.create', parsed, {
    prepare: (asking) => prepare(asking, enroller, parsed, subjectId),
    write: async (writing, prepared) => {
      const beginning = prepared ?? (await prepare(writing, enroller, parsed, subjectId));
      return await authorizeManagement(writing, beginning.change, (authorized) =>
        write(authorized, enroller, beginning),
      );
    },
  });
}

/** What the service alone may say is refused from a subject, whoever it says it of. */
function subjectOf({ actor }: CoreContext, { subjectId, confirmed, context }: Input): string {
  if (actor.kind === 'service') {
    if (subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
    return subjectId;
  }
  const owner = ownerOf(actor);
  if (confirmed === true || context !== undefined) requireService(actor);
  if (subjectId !== undefined && subjectId !== owner.subjectId) throw new CountersignError('not_found');
  return owner.subjectId;
}

interface Beginning {
  readonly change: ManagementChange;
  readonly begun: Begun;
  readonly parameters: InsertFactorParameters;
  /** Null when it is in force at once. */
  readonly confirmation: PreparedConfirmation | null;
}

async function prepare(
  context: CoreContext,
  enroller: Enroller,
  input: Input,
  subjectId: string,
): Promise<Beginning> {
  const { configured } = enroller;
  const place = { subjectId, factorId: context.ids.uuid() };
  const passedAlong = input.context;
  const begun = await begin(context, enroller, { ...place, given: input.config, current: null, passedAlong });
  const { enrolment, binding, identity } = begun;
  if (input.confirmed && enrolment.confirmedBy === 'required')
    throw invalidInput(
      ['confirmed'],
      `is not possible: ${configured.method.key} is confirmed by its own proof`,
    );
  if (identity && (await context.db.query(identityExists, { identity, id: place.factorId })).length > 0)
    throw new CountersignError('factor_exists');
  const now = context.clock.now();
  const isInForce = enrolment.confirmedBy === 'none' || input.confirmed === true;
  const waiting = { config: enrolment.config, wantsDefault: input.isDefault ?? false };
  const pending = isInForce ? null : sealWaiting(context, place, waiting);
  return {
    begun,
    change: {
      slug: 'countersign.factor.create',
      subjectId,
      data: changeOf(input),
      display: {
        title: 'Add a way to confirm',
        facts: {
          Method: configured.title,
          ...(input.title !== undefined && { Title: input.title }),
          ...(enrolment.hint != null && { Address: enrolment.hint }),
        },
      },
      binding,
      passedAlong,
    },
    parameters: {
      ...eventParametersOf(context, now, passedAlong),
      id: place.factorId,
      subjectId,
      method: configured.method.key,
      methodId: configured.id,
      title: input.title ?? '',
      isActive: input.isActive ?? true,
      wantsDefault: waiting.wantsDefault,
      binding,
      hint: enrolment.hint ?? null,
      identity,
      config: isInForce ? sealConfig(context, place, enrolment.config) : null,
      pending,
      factorsMax,
      createdEventId: context.ids.uuid(),
      confirmedEventId: context.ids.uuid(),
      demotedEventId: context.ids.uuid(),
    },
    confirmation:
      pending &&
      (await prepareEnrolment(context, {
        factorUuid: place.factorId,
        subjectId,
        configured,
        recipient: enrolment.recipient ?? null,
        valueHash: waitingHash(pending),
        title: 'Add a way to confirm',
        now,
        passedAlong,
      })),
  };
}

async function write(
  writing: CoreContext,
  { configured }: Enroller,
  { begun, parameters, confirmation }: Beginning,
): Promise<Written<Answer>> {
  const first = await isFirst(writing, parameters.subjectId);
  const [row] = await writing.db.query(insertFactor, parameters).catch(factorExists);
  // Nothing in the contract's list fits better: as with waiting requests, there may only be so many at a time.
  if (!row) throw new CountersignError('rate_limited');
  if (first && row.status === 'confirmed') await endUnproven(writing, row.subject_id, row.id);
  const inserted = confirmation && (await insertEnrolment(writing, confirmation));
  return writtenChange(
    writing,
    row,
    [configured],
    {
      ...(inserted && { confirmation: inserted.view }),
      ...(begun.enrolment.setup !== undefined && { setup: begun.enrolment.setup }),
    },
    inserted?.afterCommit ?? null,
  );
}

/** The answer, of which a repetition is told everything but what is shown once. */
export function writtenChange(
  context: CoreContext,
  row: FactorRow,
  methods: Parameters<typeof factorViewOf>[1],
  told: Omit<Answer, 'factor'>,
  deliver: (() => Promise<void>) | null,
): Written<Answer> {
  const answer = { factor: factorViewOf(row, methods), ...told };
  return {
    answer,
    repeated: 'setup' in told ? { ...answer, setup: null } : answer,
    afterCommit: async () => {
      context.wake([formatId('factor', row.id)]);
      await deliver?.();
    },
  };
}
