import { isInForce } from '../../factor/in-force.ts';

/** Whether the factor of the row `r`, if it has one, can prove now. Whether a method is active is known to each process. */
export const factorIsInForce = /* sql */ `(r.factor_id IS NULL OR EXISTS (
  SELECT FROM countersign.factor f WHERE f.id = r.factor_id AND ${isInForce}))`;
