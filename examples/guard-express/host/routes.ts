import type { HttpActor } from '@countersign/server';
import express, { type Express, type Request as Asked } from 'express';
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Bank } from './bank.ts';
import { byFetch } from './by-fetch.ts';
import { transfer } from './operations.ts';
import { send } from './send.ts';

/** The bank's own routes, and Countersign's procedures beside them. */
export function createRoutes(bank: Bank): Express {
  const { cs, sessions } = bank;
  const app = express();

  // Passwords are left out. The token is for what Ada's page asks of Countersign itself.
  app.post('/sign-in', express.json({ type: () => true }), async (req, res) => {
    const { name } = req.body as { name: string };
    const sessionId = randomUUID();
    sessions.set(sessionId, name);
    await bank.pool.query('INSERT INTO bank.account VALUES ($1, 400000) ON CONFLICT DO NOTHING', [name]);
    const { token } = await cs
      .createCaller({ kind: 'service' })
      .scopedToken.issue({ subjectId: name, sessionId, preset: 'subject', maxAgeSeconds: 600 });
    res.cookie('session', sessionId, { httpOnly: true, sameSite: 'lax' }).json({ token });
  });

  /** Who calls, by the bank's own session. */
  const actorOf = ({ headers: { cookie = '' } }: Asked): HttpActor => {
    const sessionId = /(?:^|; )session=([^;]+)/.exec(cookie)?.[1] ?? '';
    const name = sessions.get(sessionId);
    return name === undefined ? null : { kind: 'subject', subjectId: name, sessionId };
  };

  const guard = cs.guard(transfer);
  const transaction = (work: (tx: PoolClient) => Promise<Response>) => bank.transaction(work);
  app.post(
    '/transfers',
    byFetch((request, asked) => guard.handle(request, { actor: () => actorOf(asked), transaction }, send)),
  );

  app.all('/trpc/*path', byFetch(cs.handler));
  return app;
}
