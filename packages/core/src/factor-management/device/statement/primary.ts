import { statement } from '../../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../../event/append.ts';
import { isInForce } from '../../../factor/in-force.ts';
import type { FactorRow } from '../../../factor/row.ts';
import { advanceFactor, factorEvent } from '../../../factor/statement/factor-event.ts';

export const toldUuid = `jsonb_build_object('uuid', f.device->>'uuid')`;

const asPrimary = `device = f.device || '{"isPrimary": true}'`;
const isPrimary = `(f.device->>'isPrimary')::boolean`;

/** The other primary device of the subject of the one row in `from`, where that one is it now. */
export function demoteOtherDevices(from: string): string {
  return /* sql */ `demoted AS (
  UPDATE countersign.factor f SET device = f.device || '{"isPrimary": false}'
  FROM ${from} AS chosen
  WHERE (chosen.device->>'isPrimary')::boolean AND f.subject_id = chosen.subject_id AND ${isPrimary} AND f.removed_at IS NULL
    AND f.id <> chosen.id
)`;
}

/** Tells of it once, by the device that is the primary one now. */
function primaryEvent(from: string): string {
  return factorEvent({
    type: 'device.primary_changed',
    id: ':eventId::uuid',
    from,
    data: toldUuid,
    about: 'device',
  });
}

/** Makes a device in force the primary one. No row: it is it already, or is not in force. */
export const makePrimary = statement<
  EventParameters & { readonly id: string; readonly eventId: string },
  FactorRow
>(
  'device_make_primary',
  /* sql */ `
WITH chosen AS (
  UPDATE countersign.factor f SET ${asPrimary}, ${advanceFactor}
  WHERE f.id = :id::uuid AND ${isInForce} AND NOT ${isPrimary}
  RETURNING f.*
), ${demoteOtherDevices('chosen')}, logged AS (${appendEvents(primaryEvent('chosen'))}
)
SELECT * FROM chosen`,
);

/** Where the primary device was revoked, the one that was used last takes its place. */
export const promoteDevice = statement<
  EventParameters & { readonly subjectId: string; readonly eventId: string },
  { readonly id: string }
>(
  'device_promote',
  /* sql */ `
WITH promoted AS (
  UPDATE countersign.factor f SET ${asPrimary}, ${advanceFactor}
  WHERE f.id = (SELECT n.id FROM countersign.factor n
      WHERE n.subject_id = :subjectId::text AND n.device IS NOT NULL AND n.status = 'confirmed' AND n.is_active AND n.removed_at IS NULL
      ORDER BY n.last_used_at DESC NULLS LAST, n.id DESC LIMIT 1)
    AND NOT EXISTS (SELECT FROM countersign.factor p
      WHERE p.subject_id = :subjectId::text AND p.removed_at IS NULL AND (p.device->>'isPrimary')::boolean)
  RETURNING f.*
), logged AS (${appendEvents(primaryEvent('promoted'))}
)
SELECT id FROM promoted`,
);
