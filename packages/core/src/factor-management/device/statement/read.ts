import { statement } from '../../../database/statement.ts';
import { isInForce } from '../../../factor/in-force.ts';
import type { FactorRow } from '../../../factor/row.ts';

/** The primary one first, then the newest. */
export const listDevicesOfSubject = statement<{ readonly subjectId: string }, FactorRow>(
  'device_list',
  /* sql */ `
SELECT f.* FROM countersign.factor f
WHERE f.subject_id = :subjectId::text AND f.device IS NOT NULL AND f.removed_at IS NULL
ORDER BY (f.device->>'isPrimary')::boolean DESC, f.id DESC`,
);

interface Named {
  readonly subjectId: string;
  readonly identity: Uint8Array;
}

const named = `f.identity = :identity::bytea AND f.subject_id = :subjectId::text AND f.device IS NOT NULL`;

/** The one that can say who it is now. */
export const readDeviceInForce = statement<Named, FactorRow>(
  'device_in_force',
  `SELECT f.* FROM countersign.factor f WHERE ${named} AND ${isInForce}`,
);

/** One that has the name, active or not, and that was not removed. */
export const readDeviceByName = statement<Named, FactorRow>(
  'device_by_name',
  `SELECT f.* FROM countersign.factor f WHERE ${named} AND f.removed_at IS NULL`,
);
