import type { AuthorizationRequestView } from '@countersign/core';

/** The operation, by its slug or as it was defined. */
export type OperationOrSlug = string | { readonly slug: string };

/** What else a request is expected to say. */
export interface ExpectedAuthorization {
  /** What the person reads: these lines, and whatever others. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What is authorized: these members, at any depth, and whatever others. Lists are compared whole. */
  readonly data?: unknown;
}

/** What is different, in lines; empty when nothing is. Matchers such as `expect.any(String)` may stand for values. */
export function differences(
  request: AuthorizationRequestView,
  operation: OperationOrSlug | undefined,
  { facts = {}, data }: ExpectedAuthorization,
): string[] {
  const slug = typeof operation === 'object' ? operation.slug : operation;
  const shown = new Map(request.facts.map(({ label, value }) => [label, value]));
  return [
    ...differenceOf('operation', request.slug, slug),
    ...Object.entries(facts).flatMap(([label, value]) =>
      differenceOf(`fact ${JSON.stringify(label)}`, shown.get(label), value),
    ),
    ...differenceOf('data', request.data, data),
  ];
}

function differenceOf(what: string, actual: unknown, expected: unknown): string[] {
  if (expected === undefined || contains(actual, expected)) return [];
  return [`${what}: expected ${textOf(expected)}, is ${textOf(actual)}`];
}

/** Whether a JSON value has at least what is expected. */
function contains(actual: unknown, expected: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  if (Array.isArray(expected) && expected.length !== (actual as readonly unknown[]).length) return false;
  const members = actual as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([name, value]) => contains(members[name], value));
}

/** Of vitest and of Jest alike. */
interface AsymmetricMatcher {
  toString(): string;
  asymmetricMatch(actual: unknown): boolean;
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === 'object' &&
    value !== null &&
    'asymmetricMatch' in value &&
    typeof value.asymmetricMatch === 'function'
  );
}

export function textOf(value: unknown): string {
  if (isMatcher(value)) return String(value);
  return JSON.stringify(value) ?? String(value);
}
