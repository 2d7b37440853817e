import type { z } from 'zod';
import { CountersignError } from './error.ts';

/** Parses an input, or refuses it with every issue: `{ path, code, message }`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInputFrom(parsed.error, []);
}

export function invalidInputFrom(error: z.ZodError, path: readonly (string | number)[]): CountersignError {
  return new CountersignError('invalid_input', {
    details: {
      issues: error.issues.map((issue) => ({
        path: [...path, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))],
        code: issue.code,
        message: issue.message,
      })),
    },
  });
}
