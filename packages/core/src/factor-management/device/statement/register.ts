import { statement } from '../../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../../event/append.ts';
import type { FactorRow } from '../../../factor/row.ts';
import { factorEvent } from '../../../factor/statement/factor-event.ts';
import { noDefault } from '../../../factor/statement/insert.ts';
import { demoteOtherDevices, toldUuid } from './primary.ts';

interface RegisterParameters extends EventParameters {
  readonly id: string;
  readonly subjectId: string;
  readonly method: string;
  readonly methodId: string;
  readonly title: string;
  readonly binding: string;
  readonly identity: Uint8Array;
  /** Sealed. */
  readonly config: Uint8Array;
  readonly uuid: string;
  readonly name: string | null;
  readonly slug: string | null;
  readonly keyed: boolean;
  readonly wantsPrimary: boolean;
  readonly factorsMax: number;
  readonly eventId: string;
  readonly primaryEventId: string;
}

const hasPrimary = /* sql */ `EXISTS (SELECT FROM countersign.factor p
      WHERE p.subject_id = :subjectId::text AND p.removed_at IS NULL AND (p.device->>'isPrimary')::boolean)`;

/**
 * A device in force at once. The first one is the primary one; a later one when it is wanted, and then the one before
 * is it no more. The constraint looks when the transaction commits. No row: the subject has too many factors.
 */
export const registerDeviceRow = statement<RegisterParameters, FactorRow>(
  'device_register',
  /* sql */ `
WITH registered AS (
  INSERT INTO countersign.factor AS f (id, subject_id, method, method_id, title, status, is_active, is_default, binding, identity,
    config, device, sequence, created_at, confirmed_at)
  SELECT :id::uuid, :subjectId::text, :method::text, :methodId::uuid, :title::text, 'confirmed', true, ${noDefault}, :binding::text,
    :identity::bytea, :config::bytea, jsonb_build_object('uuid', :uuid::text, 'name', :name::text, 'slug', :slug::text,
      'isPrimary', :wantsPrimary::boolean OR NOT primaries.any, 'keyed', :keyed::boolean),
    CASE WHEN :wantsPrimary::boolean AND primaries.any THEN 2 ELSE 1 END, :now::timestamptz, :now::timestamptz
  FROM (SELECT ${hasPrimary} AS any) AS primaries
  WHERE (SELECT count(*) FROM countersign.factor o WHERE o.subject_id = :subjectId::text AND o.removed_at IS NULL) < :factorsMax::int
  RETURNING f.*
), ${demoteOtherDevices('registered')}, logged AS (${appendEvents(
    factorEvent({
      type: 'device.registered',
      id: ':eventId::uuid',
      from: 'registered',
      sequence: '1',
      data: `jsonb_build_object('uuid', f.device->>'uuid', 'keyed', f.device->'keyed')`,
      about: 'device',
    }),
    factorEvent({
      type: 'device.primary_changed',
      id: ':primaryEventId::uuid',
      from: 'registered',
      data: toldUuid,
      where: 'f.sequence = 2',
      about: 'device',
    }),
  )}
)
SELECT * FROM registered`,
);
