import type { AnyTRPCRouter } from '@trpc/server';
import type { TestClock } from '@countersign/core/testing';
import type { CountersignContext } from '../src/context.ts';
import type { Countersign } from '../src/countersign.ts';
import type { TestSubject } from './person/subject.ts';

/** What your app is made of, in a test. */
export interface TestParts {
  readonly cs: Countersign;
  /** URL of the database: open your own ORM on it, and make your tables there. */
  readonly database: string;
  readonly clock: TestClock;
  /** Runs before the database is dropped, the last given first: `defer(() => orm.close())`. */
  defer(release: () => unknown): void;
}

/** Your app, as your server makes it at its start. */
export type TestApp<Router extends AnyTRPCRouter> = { readonly router: Router } & ContextOf<Router>;

/** What your procedures need in their context beside what `cs.context` gives; nothing, and it can be left out. */
type ContextOf<Router extends AnyTRPCRouter> =
  object extends OwnContext<Router>
    ? { readonly contextOf?: (caller: TestSubject | null) => OwnContext<Router> }
    : { readonly contextOf: (caller: TestSubject | null) => OwnContext<Router> };

type OwnContext<Router extends AnyTRPCRouter> = Omit<
  Router['_def']['_config']['$types']['ctx'],
  keyof CountersignContext
>;

/** Your procedures, called in this process by a person, or by nobody. */
export function callerOf<Router extends AnyTRPCRouter>(
  cs: Countersign,
  app: TestApp<Router>,
  subject: TestSubject | null,
): ReturnType<Router['createCaller']> {
  const context = { ...app.contextOf?.(subject), ...cs.context(subject?.actor) };
  return app.router.createCaller(context) as ReturnType<Router['createCaller']>;
}
