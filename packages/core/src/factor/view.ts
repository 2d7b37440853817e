import { CountersignError } from '../error.ts';
import { formatId } from '../id.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import type { FactorRow } from './row.ts';
import type { DeviceView, FactorView } from './schema.ts';

/** What is read of a row for its view: none of it is sealed. */
export type ViewedFactor = Pick<
  FactorRow,
  | 'id'
  | 'subject_id'
  | 'method'
  | 'method_id'
  | 'title'
  | 'status'
  | 'is_active'
  | 'is_default'
  | 'hint'
  | 'pending_hint'
  | 'device'
  | 'created_at'
  | 'last_used_at'
>;

/** A factor as it leaves core. One that is not confirmed yet shows what it is to be. */
export function factorViewOf(row: ViewedFactor, methods: readonly ConfiguredMethod[]): FactorView {
  return {
    id: formatId('factor', row.id),
    subjectId: row.subject_id,
    methodId: formatId('method', row.method_id),
    method: row.method,
    title: factorTitle(row, methods),
    status: row.status,
    isActive: row.is_active,
    isDefault: row.is_default,
    hint: row.status === 'confirmed' ? row.hint : row.pending_hint,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

/** @throws CountersignError `not_found` for a factor that is no device. */
export function deviceViewOf(row: ViewedFactor, methods: readonly ConfiguredMethod[]): DeviceView {
  if (row.device === null) throw new CountersignError('not_found');
  const { uuid, name, slug, isPrimary, keyed } = row.device;
  return { ...factorViewOf(row, methods), uuid, name, slug, isPrimary, keyed };
}

/** What its owner called it or, without a name, what its method is called. */
function factorTitle(
  row: Pick<FactorRow, 'title' | 'method' | 'method_id'>,
  methods: readonly ConfiguredMethod[],
): string {
  if (row.title !== '') return row.title;
  return methods.find(({ id }) => id === row.method_id)?.title ?? row.method;
}
