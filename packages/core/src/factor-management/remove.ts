import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { promoteNext } from '../factor/statement/change.ts';
import { removeFactor } from '../factor/statement/remove.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { authorizeManagement } from './authorize.ts';
import { displayOfFactor } from './display.ts';
import { endAuthorityOf } from './end-authority.ts';
import { changeOf } from './operation.ts';
import { lockedFactor, ownedFactor } from './owned.ts';
import { removeInput, type removeOutput } from './schema.ts';

type Answer = z.output<typeof removeOutput>;

/**
 * Takes a factor away for ever. From its commit on nothing that it has approved is executed (I13), nothing that
 * waits for it can be proven by it, and what it has authorized comes into force no more.
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
        data: changeOf(writing, row.subject_id, parsed),
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
        const ids = await endAuthorityOf(authorized, row, parsed.context);
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
