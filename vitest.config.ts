import { configDefaults, defineConfig } from 'vitest/config';
import { browserTests } from './scripts/browser-tests.ts';
import { findChromium } from './scripts/find-chromium.ts';
import { findNatsServer } from './scripts/find-nats-server.ts';
import { natsTests } from './scripts/nats-tests.ts';
import { findPromtool, promtoolTests } from './scripts/promtool-tests.ts';

/** Workspace packages are tested from their sources, without a build. */
const resolve = { conditions: ['@countersign/source'], externalConditions: ['@countersign/source'] };

/** A PostgreSQL for each worker; their addresses are in COUNTERSIGN_TEST_DATABASE. */
const database = ['packages/core/testing/database-setup.ts'];

const chromium = findChromium();
const natsServer = findNatsServer();

const projects = [
  { name: 'core', include: ['packages/core/test/**/*.test.ts'], globalSetup: database },
  {
    name: 'server',
    include: ['packages/server/test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, natsTests, ...(findPromtool() === null ? [promtoolTests] : [])],
    globalSetup: database,
  },
  { name: 'client', include: ['packages/client/test/**/*.test.ts'], globalSetup: database },
  {
    name: 'embedded-postgres',
    include: ['packages/embedded-postgres/test/**/*.test.ts'],
    testTimeout: 60_000,
  },
  {
    name: 'examples',
    include: ['examples/**/*.test.ts'],
    exclude: [...configDefaults.exclude, browserTests],
    testTimeout: 60_000,
  },
  // Where there is none, scripts/test.ts says what is left out.
  ...(natsServer === null
    ? []
    : [
        {
          name: 'nats',
          include: [natsTests],
          globalSetup: database,
          testTimeout: 60_000,
          env: { NATS_SERVER_PATH: natsServer },
        },
      ]),
  ...(chromium === null
    ? []
    : [{ name: 'browser', include: [browserTests], testTimeout: 60_000, env: { CHROMIUM_PATH: chromium } }]),
  { name: 'scripts', include: ['scripts/**/*.test.ts'] },
];

// The one default export of the repository's own code: vitest asks for it.
export default defineConfig({
  test: {
    projects: projects.map((test) => ({
      resolve,
      ssr: { resolve },
      environments: { __vitest__: { resolve } }, // where globalSetup runs
      test: {
        testTimeout: 30_000,
        hookTimeout: 60_000,
        // What is waited for comes when it comes: on two busy cores, or when a network was mended.
        expect: { poll: { timeout: 10_000 } },
        ...test,
        pool: 'forks' as const,
        // Node's own resolver, for what a test starts or imports by itself.
        execArgv: ['--conditions=@countersign/source'],
        sequence: { shuffle: true },
      },
    })),
    // Half of the time of a test is waiting: on two cores two files at a time leave a quarter of them idle.
    maxWorkers: 3,
    passWithNoTests: true,
  },
});
