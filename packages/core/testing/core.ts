import { randomBytes } from 'node:crypto';
import { openCore, type Core, type CoreOptions } from '../src/core.ts';
import type { CoreContext } from '../src/context.ts';
import type { EventListInput } from '../src/event/schema.ts';
import { otp } from '../src/method/methods/otp.ts';
import { createCanaryLogger } from './canary.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createOutbox, type Outbox } from './outbox.ts';

/** Core on a database of its own, with a clock and an outbox in the test's hands. */
export interface TestCore extends AsyncDisposable {
  readonly core: Core;
  readonly clock: TestClock;
  readonly outbox: Outbox;
  readonly database: TestDatabase;
  readonly secret: string;
  readonly service: CoreContext;
  subject(subjectId: string, sessionId?: string | null): CoreContext;
  /**
   * A page of the log once everything that is committed can be seen: other tests run on the same cluster, and
   * the log waits for the oldest transaction of all of it.
   */
  events(context: CoreContext, input: EventListInput): ReturnType<Core['event']['list']>;
}

/** `sweep` and `listen` are off unless asked for: every promise must hold without anything in the background. */
export async function openTestCore(options: Partial<CoreOptions> = {}): Promise<TestCore> {
  const database = await createTestDatabase();
  const clock = createTestClock();
  const outbox = createOutbox();
  const secret = randomBytes(32).toString('base64');
  const logger = createCanaryLogger();
  const core = await openCore({
    logger,
    database: database.url,
    secret,
    clock,
    methods: [otp({ send: outbox.send })],
    migrate: false,
    sweep: false,
    listen: false,
    ...options,
  });
  return {
    core,
    clock,
    outbox,
    database,
    secret,
    service: core.context({ kind: 'service' }),
    subject: (subjectId, sessionId = null) => core.context({ kind: 'subject', subjectId, sessionId }),
    async events(context, input) {
      await untilVisible(database);
      return await core.event.list(context, input);
    },
    async [Symbol.asyncDispose]() {
      await core.close();
      await database[Symbol.asyncDispose]();
      logger.assertClean();
    },
  };
}

/** Waits until the log shows all that is committed: until no transaction of the cluster is older than an event. */
export async function untilVisible({ sql }: Pick<TestDatabase, 'sql'>): Promise<void> {
  for (;;) {
    const { rows } = await sql.query<{ hidden: boolean }>(
      `SELECT EXISTS (SELECT FROM countersign.event e JOIN countersign.installation i ON i.epoch = e.epoch
       WHERE e.txid >= pg_snapshot_xmin(pg_current_snapshot())) AS hidden`,
    );
    if (!rows[0]?.hidden) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
