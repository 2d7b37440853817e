import type { Page } from './page.ts';

/** For a person who follows an address at which there is nothing; programs are told the same as JSON. */
export const lostPage: Page = {
  title: 'Nothing here · Countersign',
  style: `
h1 { margin-bottom: 0.5rem } p { margin-bottom: 1.5rem }
nav { display: flex; gap: 1.5rem }
`,
  body: `
<h1>Nothing here</h1>
<p>This server has no page at this address.</p>
<nav aria-label="This server"><a href="/">Home</a><a href="/inbox">Inbox</a><a href="/api">Procedures</a></nav>
`,
};
