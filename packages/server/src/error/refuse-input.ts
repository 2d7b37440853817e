import { CountersignError } from '@countersign/core';

/** An `invalid_input` with one finding, in the form that zod's findings have. */
export function refuseInput(message: string, path: readonly (string | number)[] = []): CountersignError {
  return new CountersignError('invalid_input', { details: { issues: [{ path, code: 'custom', message }] } });
}
