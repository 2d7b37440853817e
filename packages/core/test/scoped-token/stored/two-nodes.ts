import { randomBytes } from 'node:crypto';
import { openCore, otp, type Core, type CoreContext, type CoreOptions } from '../../../src/index.ts';
import {
  createTestClock,
  createTestDatabase,
  type TestClock,
  type TestDatabase,
} from '../../../testing/index.ts';

/** One process of several on one database. */
export interface Node {
  readonly core: Core;
  readonly service: CoreContext;
}

export interface Nodes extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly secret: string;
  /** Everything that any node has logged, as text. */
  readonly log: readonly string[];
  open(options?: Partial<CoreOptions>): Promise<Node>;
}

/** Nodes with one secret, one clock and one database of their own. */
export async function openNodes(): Promise<Nodes> {
  const database = await createTestDatabase();
  const clock = createTestClock();
  const secret = randomBytes(32).toString('base64');
  const log: string[] = [];
  const write = (fields: Readonly<Record<string, unknown>>, message: string) => {
    const cause: unknown = fields['cause'];
    log.push(`${message} ${JSON.stringify(fields)} ${cause instanceof Error ? String(cause.stack) : ''}`);
  };
  const cores: Core[] = [];
  return {
    database,
    clock,
    secret,
    log,
    async open(options = {}) {
      const core = await openCore({
        database: database.url,
        secret,
        clock,
        methods: [otp({ send: async () => undefined })],
        migrate: false,
        sweep: false,
        listen: false,
        logger: { debug: write, info: write, warn: write, error: write },
        ...options,
      });
      cores.push(core);
      return { core, service: core.context({ kind: 'service' }) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(cores.map((core) => core.close()));
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Waits until something is so, looking often; what never becomes so is the test’s time limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Of one node, what it reads in the background about keys and revocations fails until this is disposed of. */
export function pauseReads({ service }: Node): Disposable {
  const { pool } = service.database;
  const { query } = pool;
  const broken: typeof query = (asked, parameters) =>
    /token_(key_read|revocation_(place|new|all))$/.test(asked.name)
      ? Promise.reject(new Error('the connection was lost'))
      : query(asked, parameters);
  Reflect.set(pool, 'query', broken);
  return { [Symbol.dispose]: () => void Reflect.set(pool, 'query', query) };
}
