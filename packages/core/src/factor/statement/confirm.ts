import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { FactorRow } from '../row.ts';
import { advanceFactor, factorEvent, forgetPending } from './factor-event.ts';
import { demotedEvent, demoteDefault, noDefault, shownFactor } from './insert.ts';

export interface ConfirmFactorParameters extends EventParameters {
  readonly id: string;
  readonly subjectId: string;
  /** What was judged: nothing else takes effect. */
  readonly pending: Uint8Array;
  /** Sealed. */
  readonly config: Uint8Array;
  readonly hint: string | null;
  readonly identity: Uint8Array | null;
  readonly binding: string;
  readonly wantsDefault: boolean;
  readonly eventId: string;
  readonly demotedEventId: string;
}

/** What authorized it can still prove: with a factor goes whatever it has let in that is not in force yet. */
const isStillAuthorized = /* sql */ `(f.authorized_by IS NULL OR EXISTS (SELECT FROM countersign.factor a
      WHERE a.id = f.authorized_by AND a.status = 'confirmed' AND a.is_active AND a.removed_at IS NULL))`;

/** The event that tells of it says whether it was the first time. */
const wasInForce = `EXISTS (SELECT FROM countersign.factor b WHERE b.id = f.id AND b.status = 'confirmed')`;

/**
 * What waited for its confirmation takes effect, if it is still what was judged, the factor is still there, and so is
 * the one that authorized it. The sub-select in the event reads the row as it was before.
 */
export const confirmFactor = statement<ConfirmFactorParameters, FactorRow>(
  'factor_confirm',
  /* sql */ `
WITH confirmed AS (
  UPDATE countersign.factor f SET status = 'confirmed', config = :config::bytea, hint = :hint::text, identity = :identity::bytea,
    binding = :binding::text, version = f.version + 1,
    renewals = f.renewals + (f.status = 'confirmed')::int, confirmed_at = coalesce(f.confirmed_at, :now::timestamptz),
    is_default = f.is_default OR (f.is_active AND (:wantsDefault::boolean OR ${noDefault})),
    ${forgetPending}, ${advanceFactor}
  WHERE f.id = :id::uuid AND f.subject_id = :subjectId::text AND f.removed_at IS NULL AND f.pending = :pending::bytea
    AND ${isStillAuthorized}
  RETURNING f.*
), ${demoteDefault('confirmed')}, logged AS (${appendEvents(
    factorEvent({
      type: 'factor.confirmed',
      id: ':eventId::uuid',
      from: 'confirmed',
      data: shownFactor,
      where: `NOT ${wasInForce}`,
    }),
    factorEvent({
      type: 'factor.changed',
      id: ':eventId::uuid',
      from: 'confirmed',
      data: `jsonb_build_object('method', f.method, 'changes', '["config"]'::jsonb, 'by', :by::text)`,
      where: wasInForce,
    }),
    demotedEvent,
  )}
)
SELECT * FROM confirmed`,
);
