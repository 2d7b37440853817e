import { t } from '../trpc/trpc.ts';
import { assertHarmless } from '../trpc/harmless.ts';

/**
 * Looks at the input as it arrived, before any schema walks it. Our own transformer lets little through;
 * inside a host's router the host's transformer decides, and in this process there is none.
 *
 * @throws CountersignError `invalid_input`.
 */
export const refuseHarmfulInput = t.middleware(async ({ getRawInput, next }) => {
  assertHarmless(await getRawInput());
  return next();
});
