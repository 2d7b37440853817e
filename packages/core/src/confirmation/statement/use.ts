import { timeByNow } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, type EventParameters } from '../../event/append.ts';
import { isInForce } from '../../factor/in-force.ts';
import { isForHosts } from '../purpose.ts';
import type { ConfirmationRow } from '../row.ts';
import { confirmationEvent } from './confirmation-event.ts';

export interface UseParameters extends EventParameters {
  readonly id: string;
  readonly purpose: string | null;
  readonly subjectId: string | null;
  readonly factorId: string | null;
  readonly valueHash: Uint8Array | null;
  /** The methods that are active now. */
  readonly methodIds: readonly string[];
  readonly eventId: string;
}

/**
 * Asked before the locks, and again when both are held: a statement that has waited does not look at its conditions
 * again when nothing was changed (see `inTime`).
 */
const isInTime = `r.expires_at > ${timeByNow}`;

/**
 * Uses the confirmation, once, for exactly what it was made for. `IS NOT DISTINCT FROM` on purpose: what is left out
 * must be absent there too, and equals nothing else (bug 48: `None == None` counts as a match where a value was meant).
 * The factor is held, as a revocation or a replacement of its address or seed holds it: one of the two is first. In the
 * caller's transaction it commits or rolls back with the caller's own write.
 */
export const useConfirmation = statement<UseParameters, ConfirmationRow>(
  'confirmation_use',
  /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at, r.factor_id, r.factor_renewals FROM countersign.confirmation r
  WHERE r.id = :id::uuid AND r.state = 'confirmed' AND ${isInTime} AND ${isForHosts}
    AND r.purpose IS NOT DISTINCT FROM :purpose::text AND r.subject_id IS NOT DISTINCT FROM :subjectId::text
    AND r.factor_id IS NOT DISTINCT FROM :factorId::uuid AND r.value_hash IS NOT DISTINCT FROM :valueHash::bytea
    AND r.method_id = ANY (:methodIds::uuid[])
  FOR NO KEY UPDATE
), held AS (
  SELECT f.id FROM countersign.factor f, locked WHERE f.id = locked.factor_id AND f.renewals = locked.factor_renewals AND ${isInForce}
  FOR SHARE OF f
), in_time AS (
  SELECT r.id FROM locked r WHERE (r.factor_id IS NULL OR EXISTS (SELECT FROM held)) AND ${isInTime}
), used AS (
  UPDATE countersign.confirmation r
  SET state = 'used', used_at = :now::timestamptz, ${advanceLog}, sequence = r.sequence + 1
  FROM in_time WHERE r.id = in_time.id
  RETURNING r.*
), logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.used',
      id: ':eventId::uuid',
      from: 'used',
      sequence: 'r.sequence',
      data: `'purpose', r.purpose`,
    }),
  )}
)
SELECT * FROM used`,
);
