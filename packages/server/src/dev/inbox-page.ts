import type { Page } from './page.ts';

/** Every message that would have been sent, newest first, its code large enough to read across a desk. */
export const inboxPage: Page = {
  title: 'Inbox · Countersign',
  style: `
header { display: flex; align-items: baseline; gap: 0.75rem; margin-bottom: 1.5rem; flex-wrap: wrap }
header p { margin-left: auto; font-size: 0.875rem; display: flex; align-items: center; gap: 0.5rem }
header p::before { content: ''; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--good) }
header p[data-lost]::before { background: light-dark(#c22f2f, #ff8a80) }
ol { list-style: none; padding: 0; display: grid; gap: 0.875rem }
li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem }
li[data-new] { animation: arrive 1.2s ease-out }
@keyframes arrive { from { border-color: var(--accent); transform: translateY(-4px) } }
@media (prefers-reduced-motion: reduce) { li[data-new] { animation: none } }
.to { display: flex; gap: 0.5rem; font-size: 0.875rem; color: var(--soft); flex-wrap: wrap }
.to b { color: var(--ink); font-weight: 600; overflow-wrap: anywhere } .to time { margin-left: auto }
.channel { border: 1px solid var(--line); border-radius: 99px; padding: 0 0.5rem; font-size: 0.75rem; line-height: 1.35rem }
.code { display: flex; align-items: center; gap: 1rem; margin: 0.5rem 0 }
.code output { font: 600 2.25rem/1.2 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; letter-spacing: 0.12em }
button { font: inherit; font-size: 0.875rem; color: var(--accent); background: none; border: 1px solid var(--line);
  border-radius: 8px; padding: 0.25rem 0.75rem; min-width: 5rem; cursor: pointer } button:hover { border-color: var(--accent) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; font-size: 0.9375rem; color: var(--soft) }
.empty { border: 1px dashed var(--line); border-radius: 12px; padding: 3rem 1.5rem; text-align: center }
`,
  body: `
<header><h1>Inbox</h1><span>every code that is “sent”</span><p role="status">live</p></header>
<div class="empty" hidden><p>Nothing yet. Messages appear here as soon as an authorization asks for a code.<br>
They are kept in memory and go nowhere else.</p></div>
<ol aria-live="polite" aria-label="Messages, newest first"></ol>
`,
  script: `
const list = document.querySelector('ol');
const empty = document.querySelector('.empty');
const status = document.querySelector('[role=status]');
const shown = new Set();
let first = true;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function card(message) {
  const item = element('li');
  if (!first) item.dataset.new = '';
  const to = element('div', 'to');
  const time = element('time', '', new Date(message.createdAt).toLocaleTimeString());
  time.dateTime = message.createdAt;
  to.append(element('span', 'channel', message.channel === 'sms' ? 'SMS' : 'E-mail'), element('b', '', message.to), time);
  const code = element('div', 'code');
  const copy = element('button', '', 'Copy');
  copy.setAttribute('aria-label', 'Copy the code ' + message.code);
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(message.code);
    copy.textContent = 'Copied';
    setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
  });
  code.append(element('output', '', message.code), copy);
  item.append(to, code, element('pre', '', message.text));
  return item;
}

async function refresh() {
  try {
    const answer = await fetch('/inbox/messages', { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const messages = await answer.json();
    for (const message of messages.filter(({ id }) => !shown.has(id)).reverse()) {
      shown.add(message.id);
      list.prepend(card(message));
    }
    while (list.childElementCount > messages.length && messages.length > 0) list.lastElementChild.remove();
    empty.hidden = list.childElementCount > 0;
    status.textContent = 'live';
    delete status.dataset.lost;
  } catch {
    status.textContent = 'server away';
    status.dataset.lost = '';
  }
  first = false;
  setTimeout(refresh, 1000);
}
refresh();
`,
};
