import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { giveCookie } from './cookie.ts';
import type { Host } from './host.ts';
import { factorsOf } from './second-factor.ts';
import type { Ticket } from './tickets.ts';

/** Somebody who is signed in. */
export interface Session {
  readonly person: string;
  /** Whether a second factor was proven in it, at its beginning or by adding the first. */
  proven: boolean;
}

/**
 * Who is signed in. A password alone is enough for whoever has no factor, which is looked at each time: what it has
 * opened ends with the first factor, whichever of two calls at once was first.
 */
export async function sessionOf(c: Context, { cs, sessions }: Host): Promise<Ticket<Session> | null> {
  const session = sessions.of(getCookie(c, 'session'));
  if (session === null || session.held.proven) return session;
  return (await factorsOf(cs, session.held.person)).length === 0 ? session : null;
}

/** The only way to a session. It is a new one, whatever the browser held before. */
export function beginSession(c: Context, host: Host, session: Session): Response {
  const before = host.sessions.of(getCookie(c, 'session'));
  if (before) host.sessions.end(before.id);
  giveCookie(c, host, 'session', host.sessions.begin(session));
  return c.redirect('/account', 303);
}
