// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

/**
 * Where dates stand in a value: `true` is a date, a list of one says so of each item, an object of what is
 * below its keys. A key that is not named holds none.
 */
export type Dates = true | readonly [Dates] | { readonly [key: string]: Dates };

export const challenge = { expiresAt: true, resendAfter: true } as const satisfies Dates;

export const authorizationRequest = {
  createdAt: true,
  expiresAt: true,
  decidedAt: true,
  grantedAt: true,
  executeBefore: true,
  consumedAt: true,
  challenge,
} as const satisfies Dates;

export const receipt = { grantedAt: true, consumedAt: true } as const satisfies Dates;

export const authorizationRequestSnapshotEvent = {
  occurredAt: true,
  data: { request: authorizationRequest },
} as const satisfies Dates;

export const factor = { createdAt: true, lastUsedAt: true } as const satisfies Dates;

export const confirmation = {
  createdAt: true,
  expiresAt: true,
  confirmedAt: true,
  usedAt: true,
  challenge,
} as const satisfies Dates;

export const device = { createdAt: true, lastUsedAt: true } as const satisfies Dates;

export const event = { occurredAt: true } as const satisfies Dates;

export const scopedToken = { issuedAt: true, expiresAt: true, revokedAt: true } as const satisfies Dates;

/** In `data` of an error. */
export const errorData = { details: { retryAt: true }, authorizationRequest } as const satisfies Dates;
