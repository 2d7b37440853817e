import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { FactorRow } from '../row.ts';
import { advanceFactor, factorEvent } from './factor-event.ts';
import { demotedEvent, demoteDefault } from './insert.ts';

export interface ChangeFactorParameters extends EventParameters {
  readonly id: string;
  readonly title: string | null;
  readonly isActive: boolean | null;
  readonly isDefault: boolean | null;
  /** Sealed; in force at once. Null: what is in force stays. */
  readonly config: Uint8Array | null;
  /** Sealed; what waits for its confirmation from now on, instead of what waited before. */
  readonly pending: Uint8Array | null;
  /** The factor that authorized what waits from now on; null: the service did. */
  readonly authorizedBy: string | null;
  /** Of the new configuration, whether it is in force or waits. */
  readonly hint: string | null;
  readonly identity: Uint8Array | null;
  readonly binding: string | null;
  /** What the log calls the change: names, never values. */
  readonly changes: readonly string[];
  readonly eventId: string;
  readonly demotedEventId: string;
}

const applies = ':config::bytea IS NOT NULL';
const waits = ':pending::bytea IS NOT NULL';
/** A new configuration, in force or waiting, ends what waited before. */
const renewed = `(${applies} OR ${waits})`;

/**
 * A change of one factor, all of it or nothing. One that is switched off is not the default any more, and one that is
 * not in force cannot become it: then no row comes out.
 */
export const changeFactor = statement<ChangeFactorParameters, FactorRow>(
  'factor_change',
  /* sql */ `
WITH changed AS (
  UPDATE countersign.factor f SET title = coalesce(:title::text, f.title), is_active = coalesce(:isActive::boolean, f.is_active),
    is_default = coalesce(:isActive::boolean, f.is_active) AND coalesce(:isDefault::boolean, f.is_default),
    config = coalesce(:config::bytea, f.config), version = CASE WHEN ${applies} THEN f.version + 1 ELSE f.version END,
    renewals = CASE WHEN ${applies} THEN f.renewals + 1 ELSE f.renewals END,
    hint = CASE WHEN ${applies} THEN :hint::text ELSE f.hint END,
    identity = CASE WHEN ${applies} THEN :identity::bytea ELSE f.identity END,
    binding = CASE WHEN ${applies} THEN :binding::text ELSE f.binding END,
    pending = CASE WHEN ${renewed} THEN :pending::bytea ELSE f.pending END,
    pending_hint = CASE WHEN ${waits} THEN :hint::text WHEN ${applies} THEN NULL ELSE f.pending_hint END,
    pending_identity = CASE WHEN ${waits} THEN :identity::bytea WHEN ${applies} THEN NULL ELSE f.pending_identity END,
    pending_binding = CASE WHEN ${waits} THEN :binding::text WHEN ${applies} THEN NULL ELSE f.pending_binding END,
    authorized_by = CASE WHEN ${waits} THEN :authorizedBy::uuid WHEN ${applies} THEN NULL ELSE f.authorized_by END,
    ${advanceFactor}
  WHERE f.id = :id::uuid AND f.removed_at IS NULL AND (f.status = 'confirmed' OR NOT ${applies})
    AND (:isDefault::boolean IS NOT TRUE OR (f.status = 'confirmed' AND coalesce(:isActive::boolean, f.is_active)))
  RETURNING f.*
), ${demoteDefault('changed')}, logged AS (${appendEvents(
    factorEvent({
      type: 'factor.changed',
      id: ':eventId::uuid',
      from: 'changed',
      data: `jsonb_build_object('method', f.method, 'changes', to_jsonb(:changes::text[]), 'by', :by::text)`,
    }),
    demotedEvent,
  )}
)
SELECT * FROM changed`,
);

/**
 * Where the default was removed or switched off, the newest of the others that are in force takes its place; a person
 * that has one left is asked for that one.
 */
export const promoteNext = statement<
  EventParameters & { readonly subjectId: string },
  { readonly id: string }
>(
  'factor_promote',
  /* sql */ `
WITH promoted AS (
  UPDATE countersign.factor f SET is_default = true, ${advanceFactor}
  WHERE f.id = (SELECT n.id FROM countersign.factor n
      WHERE n.subject_id = :subjectId::text AND n.status = 'confirmed' AND n.is_active AND n.removed_at IS NULL
      ORDER BY n.id DESC LIMIT 1)
    AND NOT EXISTS (SELECT FROM countersign.factor d
      WHERE d.subject_id = :subjectId::text AND d.is_default AND d.removed_at IS NULL)
  RETURNING f.*
), logged AS (${appendEvents(
    factorEvent({
      type: 'factor.changed',
      id: 'gen_random_uuid()',
      from: 'promoted',
      data: `jsonb_build_object('method', f.method, 'changes', '["isDefault"]'::jsonb, 'by', :by::text)`,
    }),
  )}
)
SELECT id FROM promoted`,
);
