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
:root { color-scheme: light dark; --ink: light-dark(#17202b, #e8edf3); --soft: light-dark(#5a6673, #93a1b0);
  --ground: light-dark(#f5f6f8, #101419); --card: light-dark(#fff, #191f27); --line: light-dark(#e1e5ea, #2a323d);
  --accent: light-dark(#0b5fd7, #6aa9ff); --good: light-dark(#0a7a4b, #4fd19a); }
* { box-sizing: border-box; margin: 0 }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; min-height: 100vh }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 1.375rem; font-weight: 650; letter-spacing: -0.01em }
p { color: var(--soft) } a { color: var(--accent) }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.9em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
`;

/** Sends a page that may run and load nothing but itself: its script and style carry this answer's nonce. */
export function sendPage(c: Context, { title, style, body, script }: Page): Response {
  const nonce = Buffer.from(systemRandomness.bytes(16)).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style nonce="${nonce}">${common}${style}</style>
<main>${body}</main>
${script === undefined ? '' : `<script type="module" nonce="${nonce}">${script}</script>`}
</html>
`;
  return c.html(html, 200, {
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  });
}
