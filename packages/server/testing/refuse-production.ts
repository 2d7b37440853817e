/**
 * A test instance makes codes readable and databases that vanish.
 *
 * @throws Error in production, whoever asks.
 */
export function refuseProduction(what: string): void {
  if (process.env['NODE_ENV'] !== 'production') return;
  throw new Error(
    `${what} is for tests and refuses to run with NODE_ENV=production. Use createCountersign there.`,
  );
}
