import type { Countersign } from '@countersign/server';
import type { People } from './people.ts';
import type { Login } from './second-factor.ts';
import type { Session } from './session.ts';
import type { Tickets } from './tickets.ts';

/** What the site runs on. */
export interface Host {
  readonly cs: Countersign;
  readonly people: People;
  /** Passwords that were right, of people whose second factor is still to come. */
  readonly logins: Tickets<Login>;
  readonly sessions: Tickets<Session>;
  /** `https://app.example`, as browsers write it. */
  readonly origin: string;
  readonly now: () => Date;
}
