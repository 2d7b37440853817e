import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readFile } from 'node:fs/promises';
import { createAccount } from './account.ts';
import type { Host } from './host.ts';
import { createSignIn } from './sign-in.ts';

/** Whoever frames the site could have a click of somebody's; whoever runs a script in it could use its session. */
const headers = {
  'content-security-policy':
    "default-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // Not `no-referrer`: forms would come with `Origin: null`.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const files = { 'style.css': 'text/css', 'passkey.js': 'text/javascript' } as const;

/** The site: everything before a session, and everything that needs one. */
export function createApp(host: Host): Hono {
  const app = new Hono();

  app.use(bodyLimit({ maxSize: 64 * 1024 }));
  app.use(async (c, next) => {
    // What changes something comes from a page of ours: the cookie alone does not say so.
    if (c.req.method !== 'GET' && c.req.header('origin') !== host.origin)
      return c.text('Not from here.', 403);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    return next();
  });

  app.route('/', createSignIn(host));
  app.route('/account', createAccount(host));

  for (const [name, type] of Object.entries(files))
    app.get(`/page/${name}`, async (c) => {
      const text = await readFile(new URL(`../page/${name}`, import.meta.url), 'utf8');
      return c.body(text, 200, { 'content-type': `${type}; charset=utf-8` });
    });

  app.onError((error, c) => {
    console.error(error);
    return c.text('Something went wrong.', 500);
  });
  return app;
}
