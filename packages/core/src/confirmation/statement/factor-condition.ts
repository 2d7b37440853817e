import { isInForce } from '../../factor/in-force.ts';

/**
 * Whether the factor of the row `r`, if it has one, can prove now; where it has proven, whether it is still what it was
 * then. An address or a seed that was replaced may have been in somebody else's hands, so what it proved serves nobody
 * any more. Whether a method is active is known to each process.
 */
export const factorIsInForce = /* sql */ `(r.factor_id IS NULL OR EXISTS (
  SELECT FROM countersign.factor f WHERE f.id = r.factor_id AND (r.state = 'open' OR f.renewals = r.factor_renewals) AND ${isInForce}))`;
