import type { Page } from './page.ts';

/** What stands at `/` of a development server: where to go from here. */
export const landingPage: Page = {
  title: 'Countersign',
  style: `
header { margin-bottom: 2.5rem } header p { font-size: 1.125rem; margin-top: 0.5rem; max-width: 34rem }
nav a { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0.25rem 2rem; padding: 1.25rem 0;
  border-top: 1px solid var(--line); color: var(--ink); text-decoration: none } nav a:last-child { border-bottom: 1px solid var(--line) }
nav b { color: var(--accent); font-weight: 600; text-decoration: underline 1px; text-underline-offset: 0.2em } nav span { color: var(--soft) }
nav a:hover { background: var(--wash) }
@media (max-width: 40rem) { nav a { grid-template-columns: minmax(0, 1fr) } }
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
