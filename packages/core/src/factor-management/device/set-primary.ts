import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { CountersignError } from '../../error.ts';
import { eventParametersOf } from '../../event/parameters.ts';
import type { DeviceView } from '../../factor/schema.ts';
import { deviceViewOf } from '../../factor/view.ts';
import { formatId } from '../../id.ts';
import { once } from '../../idempotency/once.ts';
import { configuredMethods } from '../../method/configured.ts';
import { parseInput } from '../../parse.ts';
import { authorizeManagement } from '../authorize.ts';
import { changeOf } from '../operation.ts';
import { lockedFactor } from '../owned.ts';
import { factsOfDevice, ownedDevice } from './owned-device.ts';
import { setPrimaryInput } from './schema.ts';
import { makePrimary } from './statement/primary.ts';

/**
 * Makes a device the one that is prompted first; exactly one of a subject is. One that is it already stays it.
 *
 * @throws CountersignError `not_found`; `unavailable` for a device that is switched off; and what
 * `authorizeManagement` refuses by.
 */
export async function setPrimaryDevice(
  context: CoreContext,
  input: z.input<typeof setPrimaryInput>,
): Promise<DeviceView> {
  const parsed = parseInput(setPrimaryInput, input);
  return await once(context, 'device.setPrimary', parsed, {
    write: async (writing) => {
      const owned = await ownedDevice(writing, parsed);
      const change = {
        slug: 'countersign.device.setPrimary',
        subjectId: owned.subject_id,
        data: changeOf(writing, owned.subject_id, parsed),
        display: { title: 'Make a device the primary one', facts: factsOfDevice(owned.device) },
        binding: owned.binding,
        passedAlong: parsed.context,
      } as const;
      const row = await authorizeManagement(writing, change, async (authorized) => {
        const [chosen] = await authorized.db.query(makePrimary, {
          ...eventParametersOf(authorized, authorized.clock.now(), parsed.context),
          id: owned.id,
          eventId: authorized.ids.uuid(),
        });
        const present = chosen ?? (await lockedFactor(authorized, owned));
        if (!present.device?.isPrimary) throw new CountersignError('unavailable');
        return present;
      });
      const methods = configuredMethods(writing.methods, await writing.methodConfigurations.current());
      return {
        answer: deviceViewOf(row, methods),
        afterCommit: async () => {
          context.wake([formatId('factor', row.id)]);
          await Promise.resolve();
        },
      };
    },
  });
}
