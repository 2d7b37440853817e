import type { z } from 'zod';
import { judgeEnrolment, useEnrolment, type RightEnrolment } from '../confirmation/enrolment.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { identityDigest } from '../factor/identity.ts';
import type { FactorRow } from '../factor/row.ts';
import type { FactorView } from '../factor/schema.ts';
import { sealConfig } from '../factor/sealed-config.ts';
import { confirmFactor } from '../factor/statement/confirm.ts';
import { lockManagement } from '../factor/statement/lock.ts';
import { factorViewOf } from '../factor/view.ts';
import { formatId, parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { invalidInputFrom, parseInput } from '../parse.ts';
import type { Completed } from '../method/define.ts';
import { fromHost } from '../within.ts';
import {
  enrollerOf,
  factorExists,
  openWaiting,
  waitingHash,
  type Enroller,
  type Waiting,
} from './configuration.ts';
import { endAuthorityOf } from './end-authority.ts';
import { endUnproven, isFirst } from './first-factor.ts';
import { ownedFactor } from './owned.ts';
import { replaceOthers } from './replace-others.ts';
import { confirmInput } from './schema.ts';

/** What waits, as it was read, with what it is proven by. */
interface Attempt {
  readonly row: FactorRow;
  readonly pending: Buffer;
  readonly waiting: Waiting;
  readonly enroller: Enroller;
  readonly confirmationUuid: string;
  readonly answer: Record<string, unknown>;
  readonly passedAlong: unknown;
}

/** A judgement of the method's: right, with what it has made of the configuration. */
type Right = Extract<Completed, { valid: true }>;

/**
 * Gives the confirmation of an enrolment or of a change: what waited takes effect. A wrong answer is an answer (look at
 * `status`) and costs an attempt of the confirmation and of the subject's budget.
 *
 * @throws CountersignError `not_found`, `already_confirmed` (nothing waits), `method_unavailable`, `invalid_input` (of
 * the wrong shape: costs nothing), `factor_exists`, and what the confirmation refuses by: `unavailable`, `expired`,
 * `attempts_exhausted`, `subject_locked`, `factor_locked`.
 */
export async function confirmFactorEnrolment(
  context: CoreContext,
  input: z.input<typeof confirmInput>,
): Promise<FactorView> {
  const parsed = parseInput(confirmInput, input);
  return await once(context, 'factor.confirm', parsed, {
    write: async (writing) => {
      const attempt = await attemptOf(writing, parsed);
      const verdict = await judge(writing, attempt);
      const { configured } = attempt.enroller;
      if (!verdict.right) return { answer: factorViewOf(attempt.row, [configured]) };
      const { row, ended } = await takeEffect(writing, attempt, verdict);
      return {
        answer: factorViewOf(row, [configured]),
        afterCommit: async () => {
          writing.wake(ended);
          await Promise.resolve();
        },
      };
    },
  });
}

async function attemptOf(context: CoreContext, parsed: z.output<typeof confirmInput>): Promise<Attempt> {
  const row = await ownedFactor(context, parsed);
  const confirmationUuid = parseId('confirmation', parsed.confirmationId);
  if (confirmationUuid === null) throw new CountersignError('not_found');
  if (row.pending === null) throw new CountersignError('already_confirmed');
  const enroller = await enrollerOf(context, formatId('method', row.method_id));
  if (enroller.configured.method.key !== row.method) throw new CountersignError('method_unavailable');
  const answer = enroller.enrolment.answer.safeParse(parsed.data);
  if (!answer.success) throw invalidInputFrom(answer.error, ['data']);
  return {
    row,
    pending: row.pending,
    waiting: openWaiting(context, { subjectId: row.subject_id, factorId: row.id }, row.pending),
    enroller,
    confirmationUuid,
    answer: answer.data,
    passedAlong: parsed.context,
  };
}

/** The attempt is spent before the method is asked; its throw, or four seconds of silence, is a wrong answer. */
async function judge(context: CoreContext, attempt: Attempt) {
  const { row, enroller, confirmationUuid, pending, passedAlong } = attempt;
  const { configured, enrolment } = enroller;
  return await judgeEnrolment<Right>(
    context,
    { confirmationUuid, factorUuid: row.id, valueHash: waitingHash(pending), configured, passedAlong },
    async ({ request, matches, now }) => {
      const completed = await fromHost(
        enrolment.complete({
          answer: attempt.answer,
          config: attempt.waiting.config,
          subjectId: row.subject_id,
          factorId: formatId('factor', row.id),
          request,
          matches,
          now,
          settings: configured.settings,
          issuer: context.issuer,
          context: passedAlong ?? null,
        }),
      );
      return completed.valid === true ? completed : null;
    },
  );
}

/** What is in force now, and the ids of what has ended with what was in force before. */
interface Effect {
  readonly row: FactorRow;
  readonly ended: readonly string[];
}

/** Confirmation and factor change together. In a transaction that is there already it is that one. */
async function takeEffect(
  context: CoreContext,
  attempt: Attempt,
  proven: RightEnrolment<Right>,
): Promise<Effect> {
  const { row: before, enroller, passedAlong } = attempt;
  const run = async (writing: CoreContext): Promise<Effect> => {
    const { subject_id: subjectId } = before;
    await writing.db.query(lockManagement, { subjectId });
    const first = await isFirst(writing, subjectId);
    return await useEnrolment(writing, proven, async () => {
      const row = await putInForce(writing, attempt, proven.result);
      if (first) await endUnproven(writing, subjectId, row.id);
      const replaced = await replaceOthers(writing, enroller.configured.method, row, passedAlong);
      const isRenewed = row.renewals > before.renewals;
      const own = isRenewed ? await endAuthorityOf(writing, row, passedAlong) : [];
      return { row, ended: [...replaced, ...own] };
    });
  };
  if (context.db !== context.database.pool) return await run(context);
  return await context.database.transaction(async (db) => await run({ ...context, db }));
}

async function putInForce(
  writing: CoreContext,
  { row, pending, waiting, passedAlong }: Attempt,
  completed: Right,
): Promise<FactorRow> {
  const { subject_id: subjectId, id } = row;
  const { identity } = completed;
  const [confirmed] = await writing.db
    .query(confirmFactor, {
      ...eventParametersOf(writing, writing.clock.now(), passedAlong),
      id,
      subjectId,
      pending,
      config: sealConfig(writing, { subjectId, factorId: id }, completed.config ?? waiting.config),
      hint: completed.hint === undefined ? row.pending_hint : completed.hint,
      identity:
        identity === undefined
          ? row.pending_identity
          : identity && identityDigest(row.method, subjectId, identity),
      binding: completed.binding ?? row.pending_binding ?? row.binding,
      wantsDefault: waiting.wantsDefault,
      eventId: writing.ids.uuid(),
      demotedEventId: writing.ids.uuid(),
    })
    .catch(factorExists);
  // Removed, begun anew, or without its authorization since it was read: the whole transaction rolls back, the confirmation with it.
  if (!confirmed) throw new CountersignError('unavailable');
  return confirmed;
}
