import { CountersignError } from '@countersign/core';
import { MisplacedGuardError } from '../misuse.ts';

/** A guard of HTTP routes where it cannot keep its promise: `internal` outside, and in the log what to change. */
export function misplacedRoute(what: keyof typeof sentences, path: string): CountersignError {
  return new CountersignError('internal', {
    cause: new MisplacedGuardError(`"${path}" ${sentences[what]}`),
  });
}

const sentences = {
  twice:
    'is guarded twice: the first grant would be used up when the second is missing. Make one operation of both.',
  read: 'has its body read before the guard, which then cannot: guard the route first, or say `data` from what was read.',
} as const;
