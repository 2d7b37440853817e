import { systemRandomness } from '@countersign/core';
import type { Context } from 'hono';

/** One self-contained page. `script` and `style` are ours; data reaches the page as text nodes only. */
export interface Page {
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly script?: string;
}

const common = `
:root { color-scheme: light dark; --ink: light-dark(#12211c, #e7eee9); --soft: light-dark(#4a5c54, #a0b3a9);
  --ground: light-dark(#f2f5f1, #0b110f); --card: light-dark(#fcfdfb, #121a17); --line: light-dark(#d6ded8, #26332d);
  --accent: light-dark(#0b5a45, #7fd1b3); --wash: light-dark(#e3eee8, #14271f); --bad: light-dark(#a22f1b, #ff9f8a);
  --serif: 'Iowan Old Style', 'Palatino Linotype', Charter, 'Liberation Serif', Georgia, serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace }
* { box-sizing: border-box; margin: 0 } [hidden] { display: none !important }
body { background: var(--ground); color: var(--ink); min-height: 100vh;
  font: 1rem/1.5 'Avenir Next', 'Segoe UI Variable Text', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif }
main { max-width: 52rem; margin: 0 auto; padding: 3rem 1.25rem 4rem }
h1 { font: 400 2.25rem/1.15 var(--serif); letter-spacing: -0.01em }
p { color: var(--soft) } a { color: var(--accent); text-underline-offset: 0.2em }
code, pre { font-family: var(--mono); font-size: 0.9em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
`;

/** In the tab: a tick over a line, as on what was countersigned. */
const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5a45"/>` +
      `<path d="M9 14.5l5 5L24 9M8 25.5h16" fill="none" stroke="#f2f5f1" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
  );

/** Sends a page that may run and load nothing but itself: its script and style carry this answer's nonce. */
export function sendPage(
  c: Context,
  { title, style, body, script }: Page,
  status: 200 | 404 = 200,
): Response {
  const nonce = Buffer.from(systemRandomness.bytes(16)).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${icon}">
<title>${title}</title>
<style nonce="${nonce}">${common}${style}</style>
<main>${body}</main>
${script === undefined ? '' : `<script type="module" nonce="${nonce}">${script}</script>`}
</html>
`;
  return c.html(html, status, {
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  });
}
