import { statement } from '../../database/statement.ts';
import type { FactorRow } from '../row.ts';

/** Every factor that was not removed, whatever its status. There are never more than a few. */
export const listFactorsOfSubject = statement<{ readonly subjectId: string }, FactorRow>(
  'factor_list',
  /* sql */ `
SELECT f.* FROM countersign.factor f WHERE f.subject_id = :subjectId::text AND f.removed_at IS NULL
ORDER BY f.is_default DESC, f.id DESC`,
);

interface FactorOfOwner {
  readonly id: string;
  /** Whose it must be; null: anybody's. */
  readonly owner: string | null;
}

const factorOfOwner = /* sql */ `
SELECT f.* FROM countersign.factor f
WHERE f.id = :id::uuid AND f.removed_at IS NULL AND (:owner::text IS NULL OR f.subject_id = :owner::text)`;

/** One factor that was not removed. */
export const readFactor = statement<FactorOfOwner, FactorRow>('factor_read', factorOfOwner);

/** The same, and it stays as it is until the end of the transaction: no proof uses it up in between. */
export const lockFactor = statement<FactorOfOwner, FactorRow>(
  'factor_lock',
  `${factorOfOwner} FOR NO KEY UPDATE`,
);

/**
 * Whether a subject has ever confirmed a factor that it still has: the first one is added by other rules. One that is
 * switched off counts, so that switching off opens nothing.
 */
export const hasConfirmedFactor = statement<{ readonly subjectId: string }, { readonly confirmed: boolean }>(
  'factor_confirmed_one',
  /* sql */ `
SELECT EXISTS (SELECT FROM countersign.factor f
  WHERE f.subject_id = :subjectId::text AND f.status = 'confirmed' AND f.removed_at IS NULL) AS confirmed`,
);

/** When the last one was removed that a subject ever had in force; null where it never had one. */
export const lastRemoval = statement<{ readonly subjectId: string }, { readonly removed_at: Date | null }>(
  'factor_last_removal',
  /* sql */ `
SELECT max(f.removed_at) AS removed_at FROM countersign.factor f
WHERE f.subject_id = :subjectId::text AND f.status = 'confirmed'`,
);

/** The others of one method, whatever their status. */
export const listOthersOfMethod = statement<
  { readonly subjectId: string; readonly method: string; readonly id: string },
  { readonly id: string }
>(
  'factor_others_of_method',
  /* sql */ `
SELECT f.id FROM countersign.factor f
WHERE f.subject_id = :subjectId::text AND f.method = :method::text AND f.id <> :id::uuid AND f.removed_at IS NULL`,
);
