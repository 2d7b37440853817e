import { z } from 'zod';
import { defineOperation, type Operation } from '../../src/operation/define.ts';

/** What the model knows of an operation: the terms of its requests, in seconds. */
export interface OperationTerms {
  readonly attemptsMax: number;
  readonly answerWithin: number;
  readonly executeWithin: number;
  readonly sessionRequired: boolean;
}

/** A slug that nobody declared has the defaults of the contract. */
const undeclared: OperationTerms = {
  attemptsMax: 5,
  answerWithin: 300,
  executeWithin: 300,
  sessionRequired: false,
};

const declared: Readonly<Record<string, OperationTerms>> = {
  wire: { attemptsMax: 2, answerWithin: 120, executeWithin: 30, sessionRequired: false },
  vote: { attemptsMax: 1, answerWithin: 600, executeWithin: 300, sessionRequired: true },
  'close-account': { attemptsMax: 3, answerWithin: 3600, executeWithin: 86_400, sessionRequired: false },
};

export const slugs = ['note', ...Object.keys(declared)];

export function termsOf(slug: string): OperationTerms {
  return declared[slug] ?? undeclared;
}

/** The same, as core is told. */
export const operations: readonly Operation[] = Object.entries(declared).map(([slug, terms]) =>
  defineOperation({
    slug,
    data: z.json(),
    title: `Please ${slug}`,
    facts: (data) => ({ Data: JSON.stringify(data) }),
    attemptsMax: terms.attemptsMax,
    expiresInSeconds: terms.answerWithin,
    executeWithinSeconds: terms.executeWithin,
    session: terms.sessionRequired ? 'required' : 'any',
  }),
);

/** Values to authorize, among them some that look like core's own notation for stored answers. */
export const dataPool: readonly unknown[] = [
  { to: 'GB29', amountCents: 250_000 },
  { $date: '2026-01-01T00:00:00.000Z' },
  { $value: { $value: null } },
  ['a', ['b', 1e-7], {}],
  'text with "quotes" and \u2028',
  0,
];

/** The same value with its keys in another order. */
export function reordered(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(reordered);
  if (data === null || typeof data !== 'object') return data;
  return Object.fromEntries(
    Object.entries(data)
      .toReversed()
      .map(([key, value]) => [key, reordered(value)]),
  );
}

/** One text for values that are the same. */
export function sameText(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(sameText).join()}]`;
  if (data === null || typeof data !== 'object') return JSON.stringify(data) ?? 'none';
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${sameText(value)}`).join()}}`;
}
