import type { z } from 'zod';
import { closeGrants } from '../authorization-request/statement/close-grants.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { promoteNext } from '../factor/statement/change.ts';
import { removeFactor } from '../factor/statement/remove.ts';
import { formatId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { authorizeManagement } from './authorize.ts';
import { displayOfFactor } from './display.ts';
import { changeOf } from './operation.ts';
import { lockedFactor, ownedFactor } from './owned.ts';
import { removeInput, type removeOutput } from './schema.ts';

type Answer = z.output<typeof removeOutput>;

/**
 * Takes a factor away for ever. From its commit on nothing that it has approved is executed (I13), and nothing that
 * waits for it can be proven by it.
 *
 * @throws CountersignError `not_found`, `invalid_input` for a device, which is revoked; and what `authorizeManagement`
 * refuses by.
 */
export async function removeOwnFactor(
  context: CoreContext,
  input: z.input<typeof removeInput>,
): Promise<Answer> {
  const parsed = parseInput(removeInput, input);
  return await once(context, 'factor.remove', parsed, {
    write: async (writing) => {
      const row = await ownedFactor(writing, parsed);
      // Its tokens end with it: that is what `device.revoke` is for.
      if (row.device !== null) throw invalidInput(['id'], 'is a device: revoke it');
      const change = {
        slug: 'countersign.factor.remove',
        subjectId: row.subject_id,
        data: changeOf(parsed),
        display: await displayOfFactor(context, 'Remove a way to confirm', row),
        binding: row.binding,
        passedAlong: parsed.context,
      } as const;
      const closed = await authorizeManagement(writing, change, async (authorized) => {
        await lockedFactor(authorized, row);
        const told = eventParametersOf(authorized, authorized.clock.now(), parsed.context);
        const [removed] = await authorized.db.query(removeFactor, {
          ...told,
          id: row.id,
          eventId: authorized.ids.uuid(),
        });
        if (!removed) throw new CountersignError('not_found');
        const ids = await closeGrantsOf(authorized, row.id);
        await authorized.db.query(promoteNext, { ...told, subjectId: row.subject_id });
        return ids;
      });
      return {
        answer: { removed: true as const },
        afterCommit: async () => {
          context.wake(closed);
          await Promise.resolve();
        },
      };
    },
  });
}

/**
 * Ends the execution window of what a factor has approved and nobody has executed: to be called after the statement
 * that removed it, switched it off or revoked it, in the same transaction. The ids of those requests, to wake who
 * watches them after the commit.
 */
export async function closeGrantsOf(writing: CoreContext, factorUuid: string): Promise<readonly string[]> {
  const now = writing.clock.now();
  const closed = await writing.db.query(closeGrants, { factorId: factorUuid, now });
  return closed.map(({ id }) => formatId('authorizationRequest', id));
}
