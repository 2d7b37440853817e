import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { CountersignError } from '../../error.ts';
import type { DeviceView } from '../../factor/schema.ts';
import { deviceViewOf } from '../../factor/view.ts';
import { formatId } from '../../id.ts';
import { once } from '../../idempotency/once.ts';
import { configuredMethods } from '../../method/configured.ts';
import { parseInput } from '../../parse.ts';
import type { TokenTrust } from '../../scoped-token/trust.ts';
import { authorizeManagement } from '../authorize.ts';
import { changeOf } from '../operation.ts';
import { endDevice, succeedDevice } from './end-device.ts';
import { factsOfDevice, ownedDevice } from './owned-device.ts';
import { revokeInput } from './schema.ts';

/**
 * Revokes a device for ever. Its tokens, its secret or key, and what it has approved and nobody has executed end in the
 * same commit: here they are refused when it answers, on every other node within a second. Another device takes its
 * place, the one that was used last.
 *
 * @throws CountersignError `not_found`, and what `authorizeManagement` refuses by.
 */
export async function revokeDevice(
  context: CoreContext,
  trust: TokenTrust,
  input: z.input<typeof revokeInput>,
): Promise<DeviceView> {
  const parsed = parseInput(revokeInput, input);
  return await once(context, 'device.revoke', parsed, {
    write: async (writing) => {
      const owned = await ownedDevice(writing, parsed);
      const change = {
        slug: 'countersign.device.revoke',
        subjectId: owned.subject_id,
        data: changeOf(writing, owned.subject_id, parsed),
        display: { title: 'Revoke a device', facts: factsOfDevice(owned.device) },
        binding: owned.binding,
        passedAlong: parsed.context,
      } as const;
      const { row, closed } = await authorizeManagement(writing, change, async (authorized) => {
        const ended = await endDevice(authorized, owned, parsed.context);
        if (!ended) throw new CountersignError('not_found');
        await succeedDevice(authorized, owned.subject_id, parsed.context);
        return ended;
      });
      const methods = configuredMethods(writing.methods, await writing.methodConfigurations.current());
      return {
        answer: deviceViewOf(row, methods),
        afterCommit: async () => {
          context.wake([formatId('factor', row.id), ...closed]);
          await trust.refresh();
        },
      };
    },
  });
}
