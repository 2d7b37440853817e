import type { CoreContext } from '../context.ts';
import type { Verdict } from '../method/define.ts';
import type { FactorInForce } from './in-force.ts';
import { sealConfig } from './sealed-config.ts';
import type { SpendParameters } from './spend.ts';

/** What a right proof does to the factor that made it, for the statement that decides by it. */
export function spendingOf(
  context: CoreContext,
  factor: FactorInForce,
  verdict: Extract<Verdict, { valid: true }>,
): SpendParameters {
  const { uuid: factorId, version, known } = factor;
  return {
    factorId,
    factorVersion: version,
    factorRenewals: null,
    factorConfig:
      verdict.config === undefined
        ? null
        : sealConfig(context, { subjectId: known.subjectId, factorId }, verdict.config),
    factorMark: verdict.mark ?? null,
  };
}

/** A message proved it that was sent to a factor: what counts is that the factor is in force, and still the same one. */
export function spendingOfMessage(factorId: string, factorRenewals: number | null): SpendParameters {
  return { factorId, factorVersion: null, factorRenewals, factorConfig: null, factorMark: null };
}
