import { html } from 'hono/html';

/** Every `${…}` in it was escaped. */
export type Markup = ReturnType<typeof html>;

export function page(title: string, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Acme</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/page/style.css" />
        <script type="module" src="/page/passkey.js"></script>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

export function alert(note: string): Markup {
  return html`<p role="alert">${note}</p>`;
}

const labels: Readonly<Record<string, string>> = {
  totp: 'Code from your authenticator app',
  'recovery-code': 'Recovery code',
};

interface ProofForm {
  readonly action: string;
  readonly method: string;
  /** What the browser asks for a passkey with, and whether it uses one or makes one. */
  readonly passkey?: { readonly options: unknown; readonly ceremony: 'get' | 'create' };
  /** Sent along as it is. */
  readonly hidden?: Readonly<Record<string, string>>;
}

/** Sends a code, or what the browser answers for a passkey: `page/passkey.js` asks it. */
export function proofForm({ action, method, passkey, hidden = {} }: ProofForm): Markup {
  const kept = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  if (passkey === undefined)
    return html`<form method="post" action="${action}">
      ${kept}
      <label>
        ${labels[method] ?? 'Code'}
        <input name="code" autocomplete="one-time-code" spellcheck="false" required />
      </label>
      <button>Confirm</button>
    </form>`;
  const { ceremony, options } = passkey;
  return html`<form
    method="post"
    action="${action}"
    data-passkey="${ceremony}"
    data-options="${JSON.stringify(options)}"
  >
    ${kept}
    <input type="hidden" name="response" />
    <button>${ceremony === 'get' ? 'Use a passkey' : 'Make a passkey'}</button>
    <p role="alert"></p>
  </form>`;
}
