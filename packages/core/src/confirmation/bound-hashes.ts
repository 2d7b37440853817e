import { formatId } from '../id.ts';
import { canonicalData, hashCanonicalData } from '../operation/canonical.ts';
import { confirmationSlug } from './purpose.ts';

/** What a confirmation is for; a proof that can be bound is bound to all of it. */
export interface Bound {
  readonly methodUuid: string;
  readonly factorUuid: string | null;
  readonly purpose: string | null;
  readonly subjectId: string | null;
  /** Canonical text; null when there is none. */
  readonly data: string | null;
}

/**
 * The data hash of a confirmation: over its slug and `{ data, factorId, methodId, purpose, subjectId }`, which stands
 * here in canonical order (RFC 8785). Not through `dataHash`: data of the full 16 KiB must still fit.
 */
export function hashBound({ methodUuid, factorUuid, purpose, subjectId, data }: Bound): Buffer {
  const members = {
    factorId: factorUuid === null ? null : formatId('factor', factorUuid),
    methodId: formatId('method', methodUuid),
    purpose,
    subjectId,
  };
  return hashCanonicalData(confirmationSlug, `{"data":${data ?? 'null'},${JSON.stringify(members).slice(1)}`);
}

/** The canonical text of what is to be confirmed; null for null. */
export function canonicalValue(data: unknown): string | null {
  return data === undefined || data === null ? null : canonicalData(data);
}

/** Of the data alone: what `use` compares. A domain of its own, so that it is nobody's data hash. */
export function hashValue(canonical: string | null): Buffer | null {
  return canonical === null ? null : hashCanonicalData(`${confirmationSlug}.value`, canonical);
}
