import { fromHost } from '../within.ts';
import { invalidInputFrom } from '../parse.ts';
import { canonicalData, hashCanonicalData } from '../operation/canonical.ts';
import type { Operation } from '../operation/define.ts';

export interface OperationData {
  readonly value: unknown;
  readonly canonical: string;
  readonly hash: Buffer;
}

/**
 * The data as the operation's schema reads it, in canonical form, with its hash. Creating and consuming go
 * through the same schema, so the same input has the same hash. Absent data is null.
 */
export async function operationData(
  operation: Operation | undefined,
  slug: string,
  data: unknown,
): Promise<OperationData> {
  let value = data;
  if (operation) {
    // Before the schema sees it: a schema may take long over what is too large anyway.
    if (data !== undefined) canonicalData(data);
    const parsed = await fromHost(operation.data.safeParseAsync(data));
    if (!parsed.success) throw invalidInputFrom(parsed.error, ['data']);
    value = parsed.data;
  }
  return hashedData(slug, value);
}

/** The same for data that the operation's schema has read already. */
export function hashedData(slug: string, value: unknown): OperationData {
  const canonical = canonicalData(value === undefined ? null : value);
  return { value, canonical, hash: hashCanonicalData(slug, canonical) };
}
