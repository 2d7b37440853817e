import { leftOut, nothingLeftOut, type LeftOut } from './left-out.ts';

/** Tests with a real NATS server; vitest's project `nats`, which exists where there is one. */
export const natsTests = 'packages/*/test/nats/*.nats.test.ts';

/** NATS_TESTS=required says that they must run. */
export function leftOutWithoutNats(
  natsServer: string | null,
  filters: readonly string[],
  required: boolean,
): LeftOut {
  if (natsServer !== null) return nothingLeftOut;
  const how = 'Install nats-server, or name one by NATS_SERVER_PATH.';
  return leftOut({ files: natsTests, program: 'nats-server', tests: 'NATS tests', how }, filters, required);
}
