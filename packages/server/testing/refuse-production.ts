/**
 * A test instance makes codes readable and databases that vanish.
 *
 * @throws Error in production, whoever asks.
 */
export function refuseProduction(): void {
  if (process.env['NODE_ENV'] !== 'production') return;
  throw new Error(
    'createTestCountersign is for tests and refuses to run with NODE_ENV=production. Use createCountersign there.',
  );
}
