import type { Actor } from './actor.ts';
import type { Database, Executor } from './database/executor.ts';
import type { Keys } from './keys.ts';
import type { Limits } from './limits.ts';
import type { MethodConfiguration } from './method/configured.ts';
import type { MethodRegistry } from './method/registry.ts';
import type { OperationRegistry } from './operation/registry.ts';
import type { Clock, Ids, Logger, Randomness } from './ports.ts';
import type { AcceptedToken } from './scoped-token/cst1/accepted-token.ts';
import type { Telemetry } from './telemetry.ts';

/** What every function of core may use; made once by `openCore`. */
export interface CoreServices {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly keys: Keys;
  readonly limits: Limits;
  readonly methods: MethodRegistry;
  /** What operators have configured of them, as this process knows it: at most a quarter of a second old. */
  readonly methodConfigurations: MethodConfigurations;
  /** The name of the installation, as authenticator apps and passkey dialogs show it. */
  readonly issuer: string;
  readonly operations: OperationRegistry;
  readonly database: Database;
  /**
   * Says that events were committed, and of which requests beside new ones (public ids; ids of other things do
   * no harm), so that readers look now and not at their next poll.
   */
  readonly wake: (changed: readonly string[]) => void;
}

export interface MethodConfigurations {
  /** @throws CountersignError `unavailable_dependency` when they could not be read for ten seconds. */
  current(): Promise<readonly MethodConfiguration[]>;
  /** Reads now and not at the next poll: after a change by this process. */
  refresh(): Promise<void>;
}

/** The token by which a call was made: what a subject issues is this one, narrowed. Its text is written nowhere. */
export interface PresentedToken {
  readonly text: string;
  readonly accepted: AcceptedToken;
}

/** One call: who makes it, and where its writes go. */
export interface CoreContext extends CoreServices {
  readonly actor: Actor;
  /** Absent when the caller came without a token: by a service key, or vouched for by the host. */
  readonly presented?: PresentedToken;
  /** Where a change is written: the pool, or the transaction that holds an idempotency key. */
  readonly db: Executor;
}
