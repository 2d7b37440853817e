import { CountersignError } from '@countersign/server';

/** What Countersign refused, in what a caller has thrown; null for anything else. */
export function refusalOf(error: unknown): CountersignError | null {
  if (error instanceof CountersignError) return error;
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof CountersignError ? cause : null;
}

/** The same for a person: what is wrong with a code, or from when on it may be tried again. */
export function sentenceOf({ message, details = {} }: CountersignError): string {
  const { issues, retryAt } = details;
  if (Array.isArray(issues)) return `The code ${(issues as { message: string }[])[0]?.message}.`;
  return retryAt instanceof Date ? `${message} From ${retryAt.toISOString().slice(11, 19)} UTC on.` : message;
}

export function attemptsText(left: number): string {
  return left === 1 ? '1 try is left.' : `${left} tries are left.`;
}
