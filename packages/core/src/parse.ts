import type { z } from 'zod';
import { CountersignError } from './error.ts';

/** Parses an input, or refuses it with every issue: `{ path, code, message }`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInputFrom(parsed.error, []);
}

const issuesMax = 20;
const messageLengthMax = 300;
const pathLengthMax = 32;

/** Every issue up to a limit: a hostile input must not buy a long answer. */
export function invalidInputFrom(error: z.ZodError, path: readonly (string | number)[]): CountersignError {
  return new CountersignError('invalid_input', {
    details: {
      issues: error.issues.slice(0, issuesMax).map((issue) => ({
        path: [...path, ...issue.path.slice(0, pathLengthMax).map(pathKey)],
        code: issue.code,
        message: issue.message.slice(0, messageLengthMax),
      })),
    },
  });
}

function pathKey(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key).slice(0, messageLengthMax);
}
