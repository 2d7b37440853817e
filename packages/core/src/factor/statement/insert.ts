import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { FactorRow } from '../row.ts';
import { factorEvent } from './factor-event.ts';

export interface InsertFactorParameters extends EventParameters {
  readonly id: string;
  readonly subjectId: string;
  readonly method: string;
  readonly methodId: string;
  /** Empty: the method's own title. */
  readonly title: string;
  readonly isActive: boolean;
  readonly wantsDefault: boolean;
  readonly binding: string;
  readonly hint: string | null;
  readonly identity: Uint8Array | null;
  /** Sealed; in force at once, or null when it waits for its confirmation. */
  readonly config: Uint8Array | null;
  /** Sealed; what waits. */
  readonly pending: Uint8Array | null;
  /** The factor that authorized what waits; null: the service did, or it is the first one. */
  readonly authorizedBy: string | null;
  readonly factorsMax: number;
  readonly createdEventId: string;
  readonly confirmedEventId: string;
  readonly demotedEventId: string;
}

/** Whether the subject has no default, so that a factor that comes into force becomes it unasked. */
export const noDefault = /* sql */ `NOT EXISTS (SELECT FROM countersign.factor d
      WHERE d.subject_id = :subjectId::text AND d.is_default AND d.removed_at IS NULL AND d.id <> :id::uuid)`;

/** The default there was, where the one row in `from` is the default now. */
export function demoteDefault(from: string): string {
  return /* sql */ `demoted AS (
  UPDATE countersign.factor f SET is_default = false, sequence = f.sequence + 1,
    event_txid = greatest(f.event_txid, pg_current_xact_id())
  FROM ${from} AS chosen
  WHERE chosen.is_default AND f.subject_id = chosen.subject_id AND f.is_default AND f.removed_at IS NULL AND f.id <> chosen.id
  RETURNING f.*
)`;
}

/** Tells the one that was the default that it is not any more. */
export const demotedEvent = factorEvent({
  type: 'factor.changed',
  id: ':demotedEventId::uuid',
  from: 'demoted',
  data: `jsonb_build_object('method', f.method, 'changes', '["isDefault"]'::jsonb, 'by', :by::text)`,
});

/** What the log says of a factor that was added or confirmed. */
export const shownFactor = `jsonb_build_object('method', f.method, 'hint', coalesce(f.pending_hint, f.hint), 'by', :by::text)`;

/** A new factor: in force at once where it has a configuration, else waiting. No row: there are too many. */
export const insertFactor = statement<InsertFactorParameters, FactorRow>(
  'factor_insert',
  /* sql */ `
WITH created AS (
  INSERT INTO countersign.factor AS f (id, subject_id, method, method_id, title, status, is_active, is_default, binding, hint,
    identity, config, pending, pending_hint, pending_identity, pending_binding, authorized_by, sequence, created_at, confirmed_at)
  SELECT :id::uuid, :subjectId::text, :method::text, :methodId::uuid, :title::text,
    CASE WHEN given.confirmed THEN 'confirmed' ELSE 'in_process' END, :isActive::boolean,
    given.confirmed AND :isActive::boolean AND (:wantsDefault::boolean OR ${noDefault}), :binding::text,
    CASE WHEN given.confirmed THEN :hint::text END, CASE WHEN given.confirmed THEN :identity::bytea END, :config::bytea,
    :pending::bytea, CASE WHEN NOT given.confirmed THEN :hint::text END,
    CASE WHEN NOT given.confirmed THEN :identity::bytea END, CASE WHEN NOT given.confirmed THEN :binding::text END,
    CASE WHEN NOT given.confirmed THEN :authorizedBy::uuid END,
    CASE WHEN given.confirmed THEN 2 ELSE 1 END, :now::timestamptz, CASE WHEN given.confirmed THEN :now::timestamptz END
  FROM (SELECT :config::bytea IS NOT NULL AS confirmed) AS given
  WHERE (SELECT count(*) FROM countersign.factor o WHERE o.subject_id = :subjectId::text AND o.removed_at IS NULL) < :factorsMax::int
  RETURNING f.*
), ${demoteDefault('created')}, logged AS (${appendEvents(
    factorEvent({
      type: 'factor.created',
      id: ':createdEventId::uuid',
      from: 'created',
      sequence: '1',
      data: shownFactor,
    }),
    factorEvent({
      type: 'factor.confirmed',
      id: ':confirmedEventId::uuid',
      from: 'created',
      data: shownFactor,
      where: `f.status = 'confirmed'`,
    }),
    demotedEvent,
  )}
)
SELECT * FROM created`,
);
