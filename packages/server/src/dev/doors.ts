import { Hono, type HonoRequest } from 'hono';
import type { HttpHandler } from '../http/handler.ts';
import { apiPage } from './api-page.ts';
import type { OpenDemo } from './demo.ts';
import type { Inbox } from './inbox.ts';
import { inboxPage } from './inbox-page.ts';
import { landingPage } from './landing-page.ts';
import { lostPage } from './lost-page.ts';
import { onlyLoopback } from './only-loopback.ts';
import { sendPage } from './page.ts';

/** The doors of a development server, and behind them everything that a real one answers. */
export function withDevelopmentDoors(
  handler: HttpHandler,
  inbox: Inbox,
  demo: Pick<OpenDemo, 'paths' | 'handler'> | null = null,
): HttpHandler {
  const app = new Hono();
  for (const path of ['/', '/api', '/inbox', '/inbox/*']) app.use(path, onlyLoopback);
  for (const path of demo?.paths ?? []) {
    app.use(path, onlyLoopback);
    app.all(path, async (c, next) => (await demo?.handler(c.req.raw)) ?? (await next()));
  }
  app.get('/', (c) => sendPage(c, landingPage));
  app.get('/api', (c) => sendPage(c, apiPage(c.req.header('host') ?? '')));
  app.get('/inbox', (c) => sendPage(c, inboxPage));
  app.get('/inbox/messages', (c) => {
    // In a query a plus means a space; no address contains one, so a phone number may be written as it is.
    const to = c.req.query('to')?.replaceAll(' ', '+');
    return c.json(inbox.messages(to), 200, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });
  app.all('*', async (c) => {
    const answer = await handler(c.req.raw);
    return answer.status === 404 && isFollowed(c.req) ? sendPage(c, lostPage, 404) : answer;
  });
  return async (request) => app.fetch(request);
}

/** By a person, as a link or from the address line; a procedure answers its callers in its own words. */
function isFollowed(request: HonoRequest): boolean {
  const wantsPage = request.header('accept')?.includes('text/html') === true;
  return request.method === 'GET' && wantsPage && !/^\/(?:trpc|api\/v1)\//.test(request.path);
}
