import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { FactorRow } from '../row.ts';
import { advanceFactor, factorEvent, forgetFactor } from './factor-event.ts';

const told = `jsonb_build_object('method', f.method, 'by', :by::text)`;

/** Takes a factor away for ever; its row stays for the audit, without what it proved by. What waits for its proof dies with it. */
export const removeFactor = statement<
  EventParameters & { readonly id: string; readonly eventId: string },
  FactorRow
>(
  'factor_remove',
  /* sql */ `
WITH removed AS (
  UPDATE countersign.factor f SET ${forgetFactor}, ${advanceFactor}
  WHERE f.id = :id::uuid AND f.removed_at IS NULL
  RETURNING f.*
), logged AS (${appendEvents(
    factorEvent({ type: 'factor.removed', id: ':eventId::uuid', from: 'removed', data: told }),
  )}
)
SELECT * FROM removed`,
);

/**
 * When a subject's first factor comes into force, what it has begun besides is over: all of that was begun without a
 * proof by a factor, maybe by somebody else who had the same link (bug 20). What the service began stays.
 */
export const removeUnproven = statement<
  EventParameters & { readonly subjectId: string; readonly firstId: string },
  { readonly id: string }
>(
  'factor_remove_unproven',
  /* sql */ `
WITH removed AS (
  UPDATE countersign.factor f SET ${forgetFactor}, ${advanceFactor}
  WHERE f.subject_id = :subjectId::text AND f.id <> :firstId::uuid AND f.status <> 'confirmed' AND f.removed_at IS NULL
    AND EXISTS (SELECT FROM countersign.event e
      WHERE e.about_kind = 'factor' AND e.about_id = f.id AND e.sequence = 1 AND e.data->>'by' = 'subject')
  RETURNING f.*
), logged AS (${appendEvents(
    factorEvent({ type: 'factor.removed', id: 'gen_random_uuid()', from: 'removed', data: told }),
  )}
)
SELECT id FROM removed`,
);
