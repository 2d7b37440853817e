import type { AnyTRPCRouter } from '@trpc/server';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { countersignVersion } from '../cli/version.ts';
import type { ClientUrlOf } from '../dpop/public-url.ts';

export interface DocumentDoorOptions {
  readonly router: AnyTRPCRouter;
  /** Where clients reach this server. */
  readonly publicUrl?: ClientUrlOf | undefined;
}

const path = '/openapi.json';

/** `/openapi.json`. What it says is no secret, so it asks for no credential. */
export function documentDoor({ router, publicUrl }: DocumentDoorOptions): Hono {
  let made: { readonly serverUrl: string; readonly text: string } | undefined;
  const app = new Hono();
  app.get(path, etag(), async (c) => {
    const serverUrl = rootOf(publicUrl?.(c.req.raw) ?? null);
    if (made?.serverUrl !== serverUrl) {
      // Loaded when it is asked for: most servers never are.
      const { openApiDocument } = await import('./document.ts');
      const document = openApiDocument({ router, version: countersignVersion(), serverUrl });
      made = { serverUrl, text: JSON.stringify(document) };
    }
    return c.body(made.text, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  });
  return app;
}

/** Where nobody can say it, what is relative to the document is right (OpenAPI 3.1, §4.6), whatever stands between. */
function rootOf(url: string | null): string {
  const [target = ''] = (url ?? '').split('?', 1);
  return target.endsWith(path) ? target.slice(0, -path.length) : '.';
}
