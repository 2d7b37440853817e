import type { SubjectSecurityRow } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';
import type { ConfirmationWithChallenge } from '../row.ts';
import { challengeOf } from './challenge-of.ts';
import { factorIsInForce } from './factor-condition.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

export interface ConfirmationPresent extends ConfirmationWithChallenge {
  readonly factor_in_force: boolean;
}

/** One confirmation with its challenge and whether its factor can prove now, if this viewer may see it: one round trip. */
export const readConfirmation = statement<ViewerParameters & { readonly id: string }, ConfirmationPresent>(
  'confirmation_read',
  /* sql */ `
SELECT r.*, ${challengeOf}, ${factorIsInForce} AS factor_in_force
FROM countersign.confirmation r WHERE r.id = :id::uuid AND ${visibleTo}`,
);

export interface ConfirmationWithSecurity extends ConfirmationPresent {
  readonly security: (Omit<SubjectSecurityRow, 'charged_at'> & { readonly charged_at: string[] }) | null;
}

/** The same with the counters: read only to say why something was refused. */
export const readConfirmationWithSecurity = statement<
  ViewerParameters & { readonly id: string },
  ConfirmationWithSecurity
>(
  'confirmation_read_security',
  /* sql */ `
SELECT r.*, ${challengeOf}, ${factorIsInForce} AS factor_in_force, (
  SELECT to_jsonb(s) FROM countersign.subject_security s WHERE s.subject_id = r.budget_key
) AS security
FROM countersign.confirmation r WHERE r.id = :id::uuid AND ${visibleTo}`,
);
