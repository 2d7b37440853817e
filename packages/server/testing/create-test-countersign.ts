import type { Clock, Method, MethodRegistry, Send } from '@countersign/core';
import { createTestClock } from '@countersign/core/testing';
import type { AnyTRPCRouter } from '@trpc/server';
import { randomBytes } from 'node:crypto';
import { createCountersign, type Countersign } from '../src/countersign.ts';
import type { CountersignOptions } from '../src/options.ts';
import { databaseServer } from './database/database-server.ts';
import { openThrowAwayDatabase } from './database/throw-away.ts';
import { everyMethod, testHost } from './every-method.ts';
import { createTestInbox, type TestInbox } from './inbox.ts';
import { createPeople } from './person/belongings.ts';
import { subjectOf, type TestSubject, type TestSubjectOptions } from './person/subject.ts';
import { refuseProduction } from './refuse-production.ts';
import { createReleases } from './releases.ts';
import { callerOf, type TestApp, type TestParts } from './test-app.ts';

export interface TestCountersignOptions extends Partial<
  Omit<CountersignOptions, 'database' | 'methods' | 'clock' | 'migrate'>
> {
  /**
   * Default: all that come with Countersign. Otherwise your own, or a function of what a test gives them: `send` puts
   * what would be sent into the inbox.
   */
  readonly methods?: GivenMethods | ((given: MethodSurroundings) => GivenMethods);
  /**
   * URL of a PostgreSQL (15 or newer) whose user may create databases: one is made there, and dropped at the end.
   * Default: the environment's COUNTERSIGN_TEST_DATABASE, else an embedded PostgreSQL of this process.
   */
  readonly database?: string;
  /** When it is, at the beginning; default now. */
  readonly startsAt?: Date;
}

type GivenMethods = readonly Method[] | MethodRegistry;

/** What the methods of a test are made with. */
export interface MethodSurroundings {
  readonly send: Send;
  readonly clock: Clock;
  /** The mailbox of a person of this test: for `otp({ send, resolve })`. */
  readonly emailOf: (subjectId: string) => string | null;
}

/** Countersign for one test: real, with time, messages and people in the test's hands. */
export interface TestCountersign extends TestParts, AsyncDisposable {
  readonly inbox: TestInbox;
  /** Countersign's own procedures, called by the service. */
  readonly service: ReturnType<Countersign['createCaller']>;
  /**
   * A person. The same id is the same person, with the same phone and mailbox, in whatever session.
   *
   * @example
   * ```ts
   * const ada = test.subject('ada');
   * const phone = await ada.enrolPhone();
   * ```
   */
  subject(subjectId: string, options?: TestSubjectOptions): TestSubject;
}

/** The same, with your app. */
export interface TestCountersignWithApp<Router extends AnyTRPCRouter> extends TestCountersign {
  readonly router: Router;
  /** Your procedures, called in this process by a person, or by nobody. */
  caller(subject: TestSubject | null): ReturnType<Router['createCaller']>;
}

interface AppOption<Router extends AnyTRPCRouter> {
  /** Makes your app, as your server does at its start. */
  readonly app?: (parts: TestParts) => TestApp<Router> | Promise<TestApp<Router>>;
}

/** One signature and not two: of two the compiler says of a wrong app that there may be none. */
type Opened<Router extends AnyTRPCRouter> = [Router] extends [never]
  ? TestCountersign
  : TestCountersignWithApp<Router>;

/**
 * Countersign on a database of its own, for the tests of your app: nothing is mocked but the carrier of messages, no
 * code is right that was not sent, and time stands still until it is moved. `await using` closes it and drops the
 * database.
 *
 * @example
 * ```ts
 * await using test = await createTestCountersign({
 *   operations: { transfer },
 *   app: ({ cs }) => ({ router: createAppRouter(cs) }),
 * });
 * const ada = test.subject('ada');
 * const { bank } = test.caller(ada);
 * const request = await requiredAuthorization(bank.transfer(data));
 * await ada.approve(request, { by: 'otp' });
 * await bank.transfer(data);
 * ```
 * @throws Error in production, and where no database can be made; SettingsError for wrong options.
 */
export async function createTestCountersign<Router extends AnyTRPCRouter = never>({
  app: makeApp,
  database: server,
  methods = everyMethod,
  startsAt,
  ...options
}: TestCountersignOptions & AppOption<Router> = {}): Promise<Opened<Router>> {
  refuseProduction('createTestCountersign');
  const clock = createTestClock(startsAt);
  const inbox = createTestInbox(clock);
  const people = createPeople();
  const releases = createReleases();
  try {
    const { url: database, drop } = await openThrowAwayDatabase(await databaseServer(server));
    releases.defer(drop);
    const given = { send: inbox.send, clock, emailOf: people.emailOf };
    const cs = await createCountersign({
      issuer: 'Test',
      audience: testHost,
      secret: randomBytes(32).toString('base64'),
      sweep: false,
      webhooks: false,
      ...options,
      methods: typeof methods === 'function' ? methods(given) : methods,
      database,
      clock,
      // The template has been.
      migrate: false,
    });
    releases.defer(() => cs.close());
    const parts: TestParts = { cs, database, clock, defer: releases.defer };
    const test: TestCountersign = {
      ...parts,
      inbox,
      service: cs.createCaller({ kind: 'service' }),
      subject: (subjectId, of = {}) => subjectOf({ cs, people, inbox, clock }, subjectId, of),
      [Symbol.asyncDispose]: releases.run,
    };
    if (makeApp === undefined) return test as Opened<Router>;
    const app = await makeApp(parts);
    const withApp: TestCountersignWithApp<Router> = {
      ...test,
      router: app.router,
      caller: (subject) => callerOf(cs, app, subject),
    };
    return withApp;
  } catch (error) {
    // Why it could not be opened is what counts.
    await releases.run().catch(() => undefined);
    throw error;
  }
}
