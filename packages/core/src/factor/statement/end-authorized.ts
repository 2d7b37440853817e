import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { advanceFactor, factorEvent, forgetPending } from './factor-event.ts';

/**
 * What a factor has authorized and nobody has confirmed yet: a new factor is removed, a change of one is dropped. To be
 * run in the transaction that takes that factor out of force, so that whoever had it in hand leaves nothing behind.
 */
export const endAuthorized = statement<
  EventParameters & { readonly subjectId: string; readonly authorizedBy: string },
  { readonly id: string }
>(
  'factor_end_authorized',
  /* sql */ `
WITH ended AS (
  UPDATE countersign.factor f SET removed_at = CASE WHEN f.status = 'confirmed' THEN NULL ELSE :now::timestamptz END,
    ${forgetPending}, ${advanceFactor}
  WHERE f.subject_id = :subjectId::text AND f.authorized_by = :authorizedBy::uuid AND f.removed_at IS NULL
  RETURNING f.*
), logged AS (${appendEvents(
    factorEvent({
      type: 'factor.removed',
      id: 'gen_random_uuid()',
      from: 'ended',
      data: `jsonb_build_object('method', f.method, 'by', :by::text)`,
      where: 'f.removed_at IS NOT NULL',
    }),
    factorEvent({
      type: 'factor.changed',
      id: 'gen_random_uuid()',
      from: 'ended',
      data: `jsonb_build_object('method', f.method, 'changes', '["pending"]'::jsonb, 'by', :by::text)`,
      where: 'f.removed_at IS NULL',
    }),
  )}
)
SELECT id FROM ended`,
);
