import type { Countersign } from '@countersign/server';
import { Hono, type Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { randomUUID } from 'node:crypto';
import { transfer } from './operations.ts';

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amountCents: number;
  /** Which consent paid for it. */
  readonly authorizedBy: string;
}

/** The bank's own routes, and Countersign's procedures beside them. */
export function createRoutes(cs: Countersign, ledger: Transfer[]): Hono {
  const app = new Hono();
  const sessions = new Map<string, string>();

  // Passwords are left out. The token is for what Ada's page asks of Countersign itself.
  app.post('/sign-in', async (c) => {
    const { name } = await c.req.json<{ name: string }>();
    const sessionId = randomUUID();
    sessions.set(sessionId, name);
    setCookie(c, 'session', sessionId, { httpOnly: true, sameSite: 'Lax', path: '/' });
    const { token } = await cs
      .createCaller({ kind: 'service' })
      .scopedToken.issue({ subjectId: name, sessionId, preset: 'subject', maxAgeSeconds: 600 });
    return c.json({ token });
  });

  /** Who calls, by the bank's own session. */
  const actor = (c: Context) => {
    const sessionId = getCookie(c, 'session');
    const name = sessionId === undefined ? undefined : sessions.get(sessionId);
    return sessionId === undefined || name === undefined
      ? null
      : ({ kind: 'subject', subjectId: name, sessionId } as const);
  };

  app.post('/transfers', cs.guard(transfer).hono({ actor }), (c) => {
    const { id, data, receipt } = c.var.authorization;
    ledger.push({ from: receipt.subjectId, ...data, authorizedBy: id });
    return c.json({ sent: data.amountCents, to: data.to });
  });

  app.all('/trpc/*', (c) => cs.handler(c.req.raw));
  return app;
}
