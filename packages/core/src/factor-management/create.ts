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
import { authorizeManagement, ownerOf, refuseBeforehand, type ManagementChange } from './authorize.ts';
import {
  begin,
  enrollerOf,
  factorExists,
  sealWaiting,
  waitingHash,
  type Begun,
  type Enroller,
} from './configuration.ts';
import { factorsMax } from './factors-max.ts';
import { endUnproven, isFirst } from './first-factor.ts';
import { changeOf } from './operation.ts';
import { replaceOthers } from './replace-others.ts';
import { createInput, type CreateInput, type createOutput } from './schema.ts';

type Input = z.output<typeof createInput>;
type Answer = z.output<typeof createOutput>;

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
  if (!mayEnrol(context, enroller)) throw new CountersignError('method_unavailable');
  const change = {
    slug: 'countersign.factor.create',
    subjectId,
    data: changeOf(context, subjectId, parsed),
    binding: 'none',
  } as const;
  return await once(context, 'factor.create', parsed, {
    prepare: async (asking) => {
      await refuseBeforehand(asking, change);
      return await prepare(asking, enroller, parsed, change);
    },
    write: async (writing, prepared) => {
      const beginning = prepared ?? (await prepare(writing, enroller, parsed, change));
      return await authorizeManagement(writing, beginning.change, (authorized, authorizedBy) =>
        write(authorized, enroller, beginning, authorizedBy),
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

/**
 * What must be listed by name proves little or nothing, so nobody takes it up unasked: the service may give it to a
 * subject. Codes to recover by are for the subject itself.
 */
function mayEnrol({ actor }: CoreContext, { configured: { method } }: Enroller): boolean {
  return actor.kind === 'service' || !method.mustBeListed || method.recovers;
}

interface Beginning {
  readonly change: ManagementChange;
  readonly begun: Begun;
  readonly parameters: Omit<InsertFactorParameters, 'authorizedBy'>;
  /** Null when it is in force at once. */
  readonly confirmation: PreparedConfirmation | null;
}

async function prepare(
  context: CoreContext,
  enroller: Enroller,
  input: Input,
  change: Omit<ManagementChange, 'display'>,
): Promise<Beginning> {
  const { subjectId } = change;
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
  const shown = enrolment.display ?? enrolment.hint;
  const isInForce = enrolment.confirmedBy === 'none' || input.confirmed === true;
  const waiting = { config: enrolment.config, wantsDefault: input.isDefault ?? false };
  const pending = isInForce ? null : sealWaiting(context, place, waiting);
  return {
    begun,
    change: {
      ...change,
      display: {
        title: 'Add a way to confirm',
        facts: {
          Method: configured.title,
          ...(input.title !== undefined && { Title: input.title }),
          ...(shown != null && { Address: shown }),
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
  { begun, change, parameters, confirmation }: Beginning,
  authorizedBy: string | null,
): Promise<Written<Answer>> {
  const first = await isFirst(writing, parameters.subjectId);
  const [row] = await writing.db.query(insertFactor, { ...parameters, authorizedBy }).catch(factorExists);
  // Nothing in the contract's list fits better: as with waiting requests, there may only be so many at a time.
  if (!row) throw new CountersignError('rate_limited');
  if (first && row.status === 'confirmed') await endUnproven(writing, row.subject_id, row.id);
  const ended = await replaceOthers(writing, configured.method, row, change.passedAlong);
  const inserted = confirmation && (await insertEnrolment(writing, confirmation));
  return writtenChange(
    writing,
    row,
    [configured],
    {
      ...(inserted && { confirmation: inserted.view }),
      ...(begun.enrolment.setup !== undefined && { setup: begun.enrolment.setup }),
    },
    async () => {
      writing.wake(ended);
      await inserted?.afterCommit?.();
    },
  );
}

/** The answer, of which a repetition is told everything but what is shown once. */
export function writtenChange(
  context: CoreContext,
  row: FactorRow,
  methods: Parameters<typeof factorViewOf>[1],
  told: Omit<Answer, 'factor'>,
  deliver: () => Promise<void>,
): Written<Answer> {
  const answer = { factor: factorViewOf(row, methods), ...told };
  return {
    answer,
    repeated: 'setup' in told ? { ...answer, setup: null } : answer,
    afterCommit: async () => {
      context.wake([formatId('factor', row.id)]);
      await deliver();
    },
  };
}
