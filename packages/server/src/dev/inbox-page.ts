import type { Page } from './page.ts';

/** Every message that would have been sent, newest first, as the person sees it; its code can be read across a desk. */
export const inboxPage: Page = {
  title: 'Inbox · Countersign',
  style: `
nav { font-size: 0.875rem; margin-bottom: 1rem }
header { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: end; gap: 0.25rem 1.5rem; padding-bottom: 1.5rem }
header p { grid-column: 1 }
header label { grid-column: 2; grid-row: 2; display: flex; align-items: center; gap: 0.5rem; color: var(--soft); font-size: 0.875rem }
select { font: inherit; font-weight: 600; color: var(--ink); background: var(--ground); border: 0; min-height: 2.75rem; max-width: 14rem }
.live { grid-column: 2; grid-row: 1; justify-self: end; display: flex; align-items: center; gap: 0.5rem; font-size: 0.875rem }
.live::before { content: ''; width: 0.5rem; height: 0.5rem; border-radius: 50%; background: var(--accent) }
.live[data-lost] { color: var(--bad) } .live[data-lost]::before { background: var(--bad) }
ol { list-style: none; padding: 0 }
li { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0.75rem 2rem; padding: 1.75rem 0; border-top: 1px solid var(--line) }
.about { display: grid; align-content: start; font-size: 0.875rem; color: var(--soft) }
.about h2 { font: inherit; font-weight: 600; color: var(--ink) }
.about b { font-weight: 400; overflow-wrap: anywhere } time { font-variant-numeric: tabular-nums }
.code { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.5rem; margin-bottom: 0.75rem }
.code output { font: 500 clamp(2.25rem, 9vw, 3.25rem)/1.1 var(--mono); letter-spacing: 0.08em; margin-right: auto; user-select: all }
button { font: inherit; font-weight: 600; color: var(--accent); background: none; border: 1px solid var(--accent); border-radius: 4px;
  min-width: 6rem; min-height: 2.75rem; padding: 0.25rem 1rem; cursor: pointer } button:hover { background: var(--wash) }
.text { white-space: pre-wrap; overflow-wrap: anywhere }
.email .text, .other .text { color: var(--soft) }
.sms .text, .push .text { width: fit-content; max-width: 28rem; padding: 0.75rem 1.125rem; background: var(--wash) }
.sms .text { border-radius: 1.125rem 1.125rem 1.125rem 0.25rem }
.push .text { border-radius: 0.875rem }
.post .text { padding: clamp(1.25rem, 5vw, 2.5rem); background: var(--card); border: 1px solid var(--line); color: var(--ink); font: 0.9375rem/1.6 var(--mono) }
li[data-new] { animation: arrive 0.9s ease-out }
@keyframes arrive { from { background: var(--wash); translate: 0 -0.5rem } }
@media (prefers-reduced-motion: reduce) { li[data-new] { animation: none } }
.empty { border-top: 1px solid var(--line); padding: 4rem 0; text-align: center; color: var(--soft) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media (max-width: 40rem) {
  li { grid-template-columns: minmax(0, 1fr) }
  header { grid-template-columns: minmax(0, 1fr) } header label, header .live { grid-area: auto; justify-self: start }
}
`,
  body: `
<nav><a href="/">Home</a></nav>
<header><h1>Inbox</h1>
<p>Everything that would be sent. It stays in the memory of this machine.</p>
<p class="live" role="status">live</p>
<label>To <select><option value="">everybody</option></select></label></header>
<p class="empty" hidden>Nothing yet. A message is here the moment an authorization asks for its code.</p>
<ol aria-label="Messages, newest first"></ol>
<p class="unseen" id="arrived" aria-live="polite"></p>
`,
  script: `
const list = document.querySelector('ol');
const empty = document.querySelector('.empty');
const state = document.querySelector('.live');
const arrived = document.querySelector('#arrived');
const to = document.querySelector('select');
const channels = { email: 'E-mail', sms: 'SMS', push: 'Push', post: 'Letter' };
const shown = new Map();
let isFirst = true;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function codeOf(message) {
  const line = element('div', 'code');
  const code = element('output', '', message.code);
  const copy = element('button', '', 'Copy');
  copy.type = 'button';
  copy.setAttribute('aria-label', 'Copy the code ' + message.code);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(message.code);
      copy.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      copy.textContent = 'Selected';
    }
    setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
  });
  line.append(code, copy);
  return line;
}

function itemOf(message) {
  const item = element('li', Object.hasOwn(channels, message.channel) ? message.channel : 'other');
  if (!isFirst) item.dataset.new = '';
  const about = element('div', 'about');
  const time = element('time', '', new Date(message.createdAt).toLocaleTimeString());
  time.dateTime = message.createdAt;
  about.append(element('h2', '', channels[message.channel] ?? message.channel), element('b', '', message.to), time);
  const content = element('div', 'content');
  if (message.code) content.append(codeOf(message));
  content.append(element('p', 'text', message.text));
  item.append(about, content);
  return item;
}

function filter() {
  for (const { message, item } of shown.values()) item.hidden = to.value !== '' && message.to !== to.value;
  empty.hidden = [...shown.values()].some(({ item }) => !item.hidden);
}

function show(messages) {
  const kept = new Set(messages.map(({ id }) => id));
  for (const [id, { item }] of shown) {
    if (kept.has(id)) continue;
    item.remove();
    shown.delete(id);
  }
  for (const message of messages.filter(({ id }) => !shown.has(id)).reverse()) {
    const item = itemOf(message);
    shown.set(message.id, { message, item });
    list.prepend(item);
    if (!isFirst) arrived.textContent = (channels[message.channel] ?? message.channel) + ' to ' + message.to;
    if (![...to.options].some(({ value }) => value === message.to)) to.append(new Option(message.to, message.to));
  }
  filter();
  isFirst = false;
}

async function refresh() {
  try {
    const answer = await fetch('/inbox/messages', { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    if ('lost' in state.dataset) { state.textContent = 'live'; delete state.dataset.lost; }
  } catch {
    if (!('lost' in state.dataset)) { state.textContent = 'server away'; state.dataset.lost = ''; }
  }
  setTimeout(refresh, document.hidden ? 5000 : 1000);
}

to.addEventListener('change', filter);
refresh();
`,
};
