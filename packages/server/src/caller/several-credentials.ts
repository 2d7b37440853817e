import type { CountersignError } from '@countersign/core';
import { refuseInput } from '../error/refuse-input.ts';

/** One of them may be somebody else's, slipped in on the way. */
export function severalCredentials(): CountersignError {
  return refuseInput('has more than one credential');
}
