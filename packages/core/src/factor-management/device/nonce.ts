import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { parseInput } from '../../parse.ts';
import { requireService } from '../../permission.ts';
import { makeNonce } from './nonce-text.ts';
import { nonceInput, type nonceOutput } from './schema.ts';

const lifetimeMs = 60_000;

/**
 * What a device must sign to say who it is. Anybody gets one, for any name: the answer does not depend on whether there
 * is such a device, and nothing is written. Another one each time, so an idempotency key changes nothing.
 *
 * @throws CountersignError `invalid_input`; `forbidden` for a context that is not the service's.
 */
export async function issueDeviceNonce(
  context: CoreContext,
  input: z.input<typeof nonceInput>,
): Promise<z.output<typeof nonceOutput>> {
  const { uuid, subjectId, context: passedAlong } = parseInput(nonceInput, input);
  if (passedAlong !== undefined) requireService(context.actor);
  const expiresAt = new Date(context.clock.now().getTime() + lifetimeMs);
  return await Promise.resolve({ nonce: makeNonce(context, { subjectId, uuid }, expiresAt), expiresAt });
}
