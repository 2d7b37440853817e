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
/** Stands in the document once, where the server's URL belongs. */
const placeholder = 'urn:countersign:server';

/** `/openapi.json`. What it says is no secret, so it asks for no credential. */
export function documentDoor({ router, publicUrl }: DocumentDoorOptions): Hono {
  let made: { readonly before: string; readonly after: string } | undefined;
  const app = new Hono();
  app.get(path, etag(), async (c) => {
    const serverUrl = rootOf(publicUrl?.(c.req.raw) ?? null);
    if (made === undefined) {
      // Loaded when it is asked for: most servers never are. Made once, whatever hosts it is asked by.
      const { openApiDocument } = await import('./document.ts');
      const document = openApiDocument({ router, version: countersignVersion(), serverUrl: placeholder });
      const [before = '', after = ''] = JSON.stringify(document).split(JSON.stringify(placeholder));
      made = { before, after };
    }
    return c.body(made.before + JSON.stringify(serverUrl) + made.after, 200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache',
    });
  });
  return app;
}

/** Where nobody can say it, what is relative to the document is right (OpenAPI 3.1, §4.6), whatever stands between. */
function rootOf(url: string | null): string {
  const [target = ''] = (url ?? '').split('?', 1);
  return target.endsWith(path) ? target.slice(0, -path.length) : '.';
}
