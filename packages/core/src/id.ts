import { fromBase32, toBase32 } from './base32.ts';

/**
 * Public identifiers: a prefix that says what it names, then the UUID in 26 characters of base 32.
 * Inside the database and core an id is its UUID; the prefix is put on and taken off at the edge of core.
 */
const prefixes = {
  authorizationRequest: 'areq_',
  challenge: 'chal_',
  confirmation: 'conf_',
  factor: 'fact_',
  method: 'mth_',
  scopedToken: 'cst_',
  serviceKey: 'key_',
  event: 'evt_',
  webhook: 'whk_',
  webhookDelivery: 'whd_',
} as const;

export type IdKind = keyof typeof prefixes;
export type Id<Kind extends IdKind> = `${(typeof prefixes)[Kind]}${string}`;

/** A UUID of one kind of thing; the brand keeps a challenge's id from standing in for a request's. */
export type Uuid<Kind extends IdKind> = string & { readonly __kind?: Kind };

export function formatId<Kind extends IdKind>(kind: Kind, uuid: Uuid<Kind>): Id<Kind> {
  return `${prefixes[kind]}${toBase32(Buffer.from(uuid.replaceAll('-', ''), 'hex'))}` as Id<Kind>;
}

/** The UUID behind a public id, or null when the text is not such an id. Exactly one spelling is accepted. */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Uuid<Kind> | null {
  const prefix = prefixes[kind];
  if (text.length !== prefix.length + 26 || !text.startsWith(prefix)) return null;
  const bytes = fromBase32(text.slice(prefix.length), 16);
  if (!bytes) return null;
  return hexToUuid(Buffer.from(bytes).toString('hex'));
}

export function hexToUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export function idPrefix(kind: IdKind): string {
  return prefixes[kind];
}
