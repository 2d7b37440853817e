import type { Page } from './page.ts';

/** What stands at `/` of a development server: where to go from here. */
export const landingPage: Page = {
  title: 'Countersign',
  style: `
header { margin-bottom: 2rem } header p { font-size: 1.0625rem; margin-top: 0.25rem }
nav { display: grid; gap: 0.875rem }
nav a { display: block; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem;
  text-decoration: none; color: var(--ink) } nav a:hover { border-color: var(--accent) }
nav b { color: var(--accent); font-weight: 600 } nav span { display: block; color: var(--soft); font-size: 0.9375rem }
`,
  body: `
<header><h1>Countersign</h1>
<p>One dangerous operation, authorized by a human, bound to its exact values, executed once.</p></header>
<nav aria-label="This server">
<a href="/inbox"><b>Inbox</b><span>Every code that is “sent”. In development nothing leaves this machine.</span></a>
<a href="/readyz"><b>Readiness</b><span>Whether the database, its schema and the keys are in order.</span></a>
<a href="/api"><b>Procedures</b><span>What can be called at <code>/trpc</code>, with the service key in the header <code>Authorization</code>.</span></a>
</nav>
`,
};
