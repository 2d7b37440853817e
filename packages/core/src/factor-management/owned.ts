import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import type { FactorRow } from '../factor/row.ts';
import { lockFactor, readFactor } from '../factor/statement/read.ts';
import { parseId } from '../id.ts';
import { requireService } from '../permission.ts';
import { ownerOf } from './authorize.ts';

/**
 * The factor that this actor may manage: any for the service, its own for a subject. One of another subject answers as
 * one that does not exist.
 *
 * @throws CountersignError `not_found`, `forbidden`.
 */
export async function ownedFactor(
  context: CoreContext,
  input: { readonly id: string; readonly context?: unknown },
): Promise<FactorRow> {
  const { actor } = context;
  const owner = actor.kind === 'service' ? null : ownerOf(actor).subjectId;
  if (input.context !== undefined) requireService(actor);
  const id = parseId('factor', input.id);
  const [row] = id === null ? [] : await context.db.query(readFactor, { id, owner });
  if (!row) throw new CountersignError('not_found');
  return row;
}

/**
 * The same row as it is now, and it stays so until the end of the transaction.
 *
 * @throws CountersignError `not_found` when it is gone; `unavailable_dependency` when it has another strength than that
 * by which the change was authorized: the call is to be made again.
 */
export async function lockedFactor(
  writing: CoreContext,
  { id, subject_id: owner, binding }: FactorRow,
): Promise<FactorRow> {
  const [row] = await writing.db.query(lockFactor, { id, owner });
  if (!row) throw new CountersignError('not_found');
  if (row.binding !== binding) throw new CountersignError('unavailable_dependency');
  return row;
}
