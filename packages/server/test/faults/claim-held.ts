import type { Figures } from '../../../../scripts/proof-contract.ts';
import type { FaultReport } from './run-faults.ts';

/** @throws when a promise was broken. Returns what a proof keeps. */
export function claimHeld({ violations, ...figures }: FaultReport): Figures {
  if (violations.length > 0) throw new Error(violations.slice(0, 20).join('\n'));
  const late = Object.entries(figures.faults).filter(([, { slowestReturnMs }]) => slowestReturnMs > 10_000);
  if (late.length > 0) throw new Error(`back too late: ${JSON.stringify(Object.fromEntries(late))}`);
  if (figures.exitCodes.some((code) => code !== 0))
    throw new Error(`the last stops ended with ${figures.exitCodes.join(', ')}`);
  return { ...figures, violations: 0 };
}
