import type { Binding } from '../binding.ts';
import type { CoreContext } from '../context.ts';
import { statement } from '../database/statement.ts';
import { formatId } from '../id.ts';
import { configuredMethods, type ConfiguredMethod } from '../method/configured.ts';
import type { KnownFactor } from '../method/define.ts';
import type { FactorRow } from './row.ts';
import { openConfig } from './sealed-config.ts';

/** Of the row `f`: confirmed, active, not removed. Whether its method is active is known to each process. */
export const isInForce = `f.status = 'confirmed' AND f.is_active AND f.removed_at IS NULL`;

/** A factor that can prove now. */
export interface FactorInForce {
  readonly uuid: string;
  readonly configured: ConfiguredMethod;
  readonly binding: Binding;
  readonly isDefault: boolean;
  readonly version: number;
  /** How often its owner has replaced what is in force. */
  readonly renewals: number;
  readonly identity: Buffer | null;
  readonly known: KnownFactor;
}

const readFactorsInForce = statement<
  { readonly subjectId: string; readonly method: string | null; readonly ids: readonly string[] | null },
  FactorRow
>(
  'factors_in_force',
  /* sql */ `
SELECT f.* FROM countersign.factor f
WHERE f.subject_id = :subjectId::text AND ${isInForce} AND (:method::text IS NULL OR f.method = :method::text)
  AND (:ids::uuid[] IS NULL OR f.id = ANY (:ids::uuid[]))
ORDER BY f.is_default DESC, coalesce((f.device->>'isPrimary')::boolean, false) DESC, f.id DESC LIMIT 100`,
);

/**
 * The factors by which a subject can prove: the default one first, then the primary device, then the newest. One whose
 * configuration does not open (a secret that was removed) is left out and logged.
 */
export async function factorsInForce(
  context: CoreContext,
  wanted: {
    readonly subjectId: string;
    readonly method?: string | undefined;
    /** UUIDs; undefined: any. */
    readonly ids?: readonly string[] | null | undefined;
  },
): Promise<FactorInForce[]> {
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const rows = await context.db.query(readFactorsInForce, {
    subjectId: wanted.subjectId,
    method: wanted.method ?? null,
    ids: wanted.ids ?? null,
  });
  return rows.flatMap((row) => {
    const configured = methods.find(({ id, method }) => id === row.method_id && method.key === row.method);
    const known = configured?.isActive ? open(context, row) : null;
    if (!configured || !known) return [];
    const { id: uuid, binding, is_default: isDefault, version, renewals, identity } = row;
    return [{ uuid, configured, binding, isDefault, version, renewals, identity, known }];
  });
}

function open(context: CoreContext, row: FactorRow): KnownFactor | null {
  if (row.config === null) return null;
  const id = formatId('factor', row.id);
  try {
    const config = openConfig(context, { subjectId: row.subject_id, factorId: row.id }, row.config);
    return { id, subjectId: row.subject_id, config };
  } catch (cause) {
    context.logger.error({ factor: id, cause }, 'the configuration of a factor does not open');
    return null;
  }
}
