import type { AnyTRPCProcedure } from '@trpc/server';
import { router } from '../router.ts';
import type { Page } from './page.ts';

const rows = Object.entries(router._def.procedures as unknown as Record<string, AnyTRPCProcedure>)
  .map(([path, { _def }]) => `<li><code>${path}</code><span>${_def.type}</span></li>`)
  .join('\n');

/** The procedures of this server, by path. `host` was checked by the door. */
export const apiPage = (host: string): Page => ({
  title: 'Procedures · Countersign',
  style: `
h1 { margin-bottom: 0.5rem } p { margin-bottom: 1.5rem }
ul { list-style: none; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
li { display: flex; padding: 0.625rem 1.25rem } li + li { border-top: 1px solid var(--line) }
li span { margin-left: auto; color: var(--soft); font-size: 0.875rem }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem; overflow-x: auto; margin-top: 1.5rem }
`,
  body: `
<h1>Procedures</h1>
<p>tRPC at <code>/trpc</code>, with superjson; plain JSON at <code>/api/v1</code>, described by <a href="/openapi.json">/openapi.json</a>. Queries by GET, mutations by POST as JSON.</p>
<ul>${rows}</ul>
<pre>curl -s http://${host}/trpc/method.list \\
  -H "Authorization: Bearer $(cat .countersign/service.key)"</pre>
`,
});
