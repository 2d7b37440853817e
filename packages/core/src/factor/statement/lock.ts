import { statement } from '../../database/statement.ts';

/**
 * The first statement of every transaction that changes what a subject can prove with: one at a time for each subject,
 * until the transaction ends. So what a change is judged by (how many factors there are, which is the default, whether
 * it is the first) still holds when it is written. Proofs and grants never take it.
 */
export const lockManagement = statement<{ readonly subjectId: string }, object>(
  'factor_lock_management',
  /* sql */ `SELECT pg_advisory_xact_lock(hashtextextended(:subjectId::text, 7002846513))::text`,
);
