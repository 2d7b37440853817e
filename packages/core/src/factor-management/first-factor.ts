import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { hasConfirmedFactor, lastRemoval } from '../factor/statement/read.ts';
import { removeUnproven } from '../factor/statement/remove.ts';
import { scopesOf } from '../scoped-token/scope/scope.ts';
import type { ManagementSlug } from './operation.ts';

/**
 * Whether the call was made by a token that the service issued for adding a first factor: its scope names the
 * procedure itself, not a pattern that fits it too, nobody it was handed on to presents it, and it was issued after the
 * last factor that the subject had in force was removed. So a link that has done its work does none again, whoever
 * still holds it.
 */
export async function mayAddFirst(
  context: CoreContext,
  subjectId: string,
  slug: ManagementSlug,
): Promise<boolean> {
  const { presented } = context;
  if (!presented || (slug !== 'countersign.factor.create' && slug !== 'countersign.device.register'))
    return false;
  const { scope, blocks, claims } = presented.accepted;
  if (blocks.some(({ cid }) => cid !== undefined)) return false;
  const procedure = slug.slice('countersign.'.length);
  const scopes = scopesOf(scope);
  if (scopes.length === 0 || !scopes.every(({ rpc }) => rpc?.m?.includes(procedure) ?? false)) return false;
  const [last] = await context.db.query(lastRemoval, { subjectId });
  // A token says whole seconds, rounded down: one of the same second may be older than the removal.
  return !last?.removed_at || claims.iat * 1000 > last.removed_at.getTime();
}

/** Whether a subject has no factor yet: inside the lock of its management, so that it still holds when it is written. */
export async function isFirst(writing: CoreContext, subjectId: string): Promise<boolean> {
  const [known] = await writing.db.query(hasConfirmedFactor, { subjectId });
  return !known?.confirmed;
}

/**
 * To be called in the transaction in which a subject's first factor comes into force: what else it has begun to enrol
 * was begun without a proof by a factor, and is removed.
 */
export async function endUnproven(writing: CoreContext, subjectId: string, firstId: string): Promise<void> {
  const told = eventParametersOf(writing, writing.clock.now(), undefined);
  await writing.db.query(removeUnproven, { ...told, subjectId, firstId });
}
