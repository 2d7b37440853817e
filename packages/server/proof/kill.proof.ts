import type { Proof } from '../../../scripts/proof-contract.ts';
import { runKills } from '../test/kill/run-kills.ts';

/**
 * kill -9 of the server at random moments, also while it starts, under load: nothing acknowledged is lost,
 * every unknown outcome is settled by its idempotency key to exactly one effect (I15), the log is told once
 * and in order (I6, I7), and the service is back within ten seconds.
 */
export const proof: Proof = {
  name: 'kill',
  async run({ short, seed, log }) {
    const report = await runKills({ kills: short ? 5 : 200, clients: 8, seed, log });
    const { violations, ...figures } = report;
    if (violations.length > 0) throw new Error(violations.slice(0, 20).join('\n'));
    if (figures.slowestReturnMs > 10_000) throw new Error(`back only after ${figures.slowestReturnMs} ms`);
    if (figures.exitCode !== 0) throw new Error(`the last stop ended with ${figures.exitCode}`);
    return { ...figures, violations: 0 };
  },
};
