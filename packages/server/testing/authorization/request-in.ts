import type { AuthorizationRequestView } from '@countersign/core';

/** Where a refusal stands: in the thing itself, tRPC's `error` and `data`, superjson's `json`, an error's `cause`. */
const places = ['data', 'error', 'json', 'cause'] as const;
const depthMax = 6;

/**
 * The request of a refusal with the reason `authorization_required`: in an error, or in the body of an answer. Of a
 * batch the first. Null for everything else.
 */
export function requestIn(value: unknown, depth = 0): AuthorizationRequestView | null {
  if (typeof value !== 'object' || value === null || depth > depthMax) return null;
  if (Array.isArray(value)) return firstOf(value, depth);
  const { reason, authorizationRequest } = value as { reason?: unknown; authorizationRequest?: unknown };
  if (reason === 'authorization_required' && isRecord(authorizationRequest))
    return revived(authorizationRequest) as unknown as AuthorizationRequestView;
  const record = value as Readonly<Record<string, unknown>>;
  return firstOf(
    places.map((place) => record[place]),
    depth,
  );
}

function firstOf(values: readonly unknown[], depth: number): AuthorizationRequestView | null {
  for (const value of values) {
    const found = requestIn(value, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

const dates = new Set([
  'createdAt',
  'expiresAt',
  'decidedAt',
  'grantedAt',
  'executeBefore',
  'consumedAt',
  'resendAfter',
]);

/** Without a transformer dates come as text. Of the data, which is the host's, nothing is touched. */
function revived(view: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => {
      if (dates.has(name) && typeof value === 'string') return [name, new Date(value)];
      return [name, name === 'challenge' && isRecord(value) ? revived(value) : value];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
