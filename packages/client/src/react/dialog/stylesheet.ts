import { useInsertionEffect } from 'react';

/*
 * Set on `:root`, or on whatever is around the dialog:
 *
 * --countersign-accent       buttons, focus, links; --countersign-on-accent is the text on it
 * --countersign-surface      the dialog, --countersign-field what lies in it: facts, fields, choices
 * --countersign-text         text; --countersign-muted what is less important
 * --countersign-line         hairlines; --countersign-border the edge of a field, 3:1 at least (WCAG 1.4.11)
 * --countersign-good         granted; --countersign-bad wrong, denied, time nearly over
 * --countersign-backdrop     what covers the page
 * --countersign-radius       of the dialog; fields and buttons have half of it
 * --countersign-font, --countersign-mono   of text; of codes and digits
 *
 * Colours of your own may use `light-dark(…)`: the dialog has a color-scheme.
 */
const stylesheet = `
.countersign-dialog {
  --cs-accent: var(--countersign-accent, light-dark(#3048c8, #a5b4ff));
  --cs-on-accent: var(--countersign-on-accent, light-dark(#fff, #10152e));
  --cs-surface: var(--countersign-surface, light-dark(#fff, #181b22));
  --cs-field: var(--countersign-field, light-dark(#f5f6f9, #20242d));
  --cs-text: var(--countersign-text, light-dark(#161a24, #eef0f5));
  --cs-muted: var(--countersign-muted, light-dark(#545b6b, #a9b1c1));
  --cs-line: var(--countersign-line, light-dark(#e2e5ec, #313744));
  --cs-border: var(--countersign-border, light-dark(#80889b, #7b8497));
  --cs-good: var(--countersign-good, light-dark(#0b7048, #66d6a0));
  --cs-bad: var(--countersign-bad, light-dark(#b3261e, #ff9f97));
  --cs-radius: var(--countersign-radius, 1.25rem);
  --cs-mono: var(--countersign-mono, ui-monospace, "SF Mono", Menlo, Consolas, monospace);
  inline-size: min(27rem, 96vw);
  max-inline-size: none;
  max-block-size: calc(100dvh - 1.5rem);
  margin: auto;
  padding: min(1.5rem, 6vw);
  overflow: auto;
  border: 1px solid var(--cs-line);
  border-radius: var(--cs-radius);
  background: var(--cs-surface);
  color: var(--cs-text);
  font: 1rem/1.5 var(--countersign-font, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
  overflow-wrap: break-word;
  box-shadow: 0 1.5rem 4rem #0004;
}
.countersign-dialog::backdrop {
  background: var(--countersign-backdrop, #0c102080);
  backdrop-filter: blur(3px);
}
.countersign-dialog {
  &, * { box-sizing: border-box; }
  h2, p, dl, dd, ul { margin: 0; padding: 0; }
  header, .countersign-hint { color: var(--cs-muted); font-size: .875rem; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin-block-end: 1rem; }
  h2 { font-size: 1.5rem; line-height: 1.25; }
  strong, label, .countersign-question { font-weight: 600; }
  strong, li .countersign-hint { display: block; }
  .countersign-mark {
    inline-size: 1.5rem; color: var(--cs-accent); fill: none;
    stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round;
  }
  path:first-child { fill: currentColor; fill-opacity: .12; }
  .countersign-time { margin-inline-start: auto; }
  .countersign-time[data-ending] { color: var(--cs-bad); font-weight: 600; }
  .countersign-description { margin-block-start: .5rem; color: var(--cs-muted); white-space: pre-line; }
  dl { margin-block: 1rem 1.5rem; padding-inline: min(1rem, 4vw); border: 1px solid var(--cs-line); border-radius: calc(var(--cs-radius) / 2); background: var(--cs-field); }
  dl:empty { border: 0; }
  dl > div { display: flex; justify-content: space-between; gap: 1.25rem; padding-block: .625rem; }
  dl > div + div { border-block-start: 1px solid var(--cs-line); }
  dt { flex: none; max-inline-size: 45%; color: var(--cs-muted); }
  dd { font-weight: 600; text-align: end; overflow-wrap: anywhere; }
  section { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; }
  section > :not(.countersign-quiet) { flex: 1 0 100%; }
  form, .countersign-ways { display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; list-style: none; }
  button, input { inline-size: 100%; min-block-size: 2.75rem; padding: .625rem min(1rem, 4vw); border: 1px solid transparent; border-radius: calc(var(--cs-radius) / 2); background: none; color: inherit; font: inherit; }
  button { cursor: pointer; }
  button[aria-disabled="true"] { cursor: default; opacity: .7; }
  :focus-visible { outline: 3px solid var(--cs-accent); outline-offset: 2px; }
  input { border-color: var(--cs-border); background: var(--cs-surface); font: 1.5rem var(--cs-mono); letter-spacing: .14em; text-align: center; }
  input[inputmode="text"] { font-size: 1.125rem; letter-spacing: .04em; }
  input[aria-invalid="true"] { border-color: var(--cs-bad); }
  .countersign-main { background: var(--cs-accent); color: var(--cs-on-accent); font-weight: 600; }
  .countersign-quiet { inline-size: auto; min-block-size: 2rem; padding: .125rem 0; color: var(--cs-accent); font-size: .875rem; }
  .countersign-quiet[aria-disabled="true"] { color: var(--cs-muted); opacity: 1; }
  .countersign-quiet:hover { text-decoration: underline; }
  .countersign-ways button { border-color: var(--cs-line); background: var(--cs-field); text-align: start; }
  .countersign-digits {
    padding-block: .75rem; border-radius: calc(var(--cs-radius) / 2);
    background: color-mix(in srgb, var(--cs-accent) 9%, transparent); color: var(--cs-accent);
    font: 600 3.25rem/1.1 var(--cs-mono); letter-spacing: .18em; text-indent: .18em; text-align: center;
  }
  .countersign-waiting::before {
    content: ""; display: inline-block; inline-size: .5rem; block-size: .5rem; margin-inline-end: .5rem;
    border-radius: 50%; background: var(--cs-accent);
  }
  .countersign-notice:not(:empty) { margin-block-end: 1.25rem; padding: .625rem 1rem; border-radius: calc(var(--cs-radius) / 2); background: color-mix(in srgb, var(--cs-tone) 9%, transparent); --cs-tone: var(--cs-accent); }
  .countersign-notice[data-tone="error"] { color: var(--cs-bad); --cs-tone: var(--cs-bad); }
  .countersign-outcome { display: grid; justify-items: center; gap: .375rem; padding-block: .5rem; color: var(--cs-bad); text-align: center; outline: none; }
  .countersign-outcome strong { font-size: 1.25rem; }
  .countersign-outcome .countersign-mark { inline-size: 4rem; color: inherit; }
  .countersign-outcome p { color: var(--cs-text); }
  &[data-state="granted"] .countersign-outcome { color: var(--cs-good); }
  footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.25rem; margin-block-start: 1.25rem; padding-block-start: .875rem; border-block-start: 1px solid var(--cs-line); }
  .countersign-not-me { color: var(--cs-bad); }
  .countersign-hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 22rem) {
    dl > div { display: block; }
    dd { text-align: start; }
  }
  @media (max-width: 30rem) {
    & { margin-block-end: 2vw; }
  }
  @media (prefers-reduced-motion: no-preference) {
    &, .countersign-outcome .countersign-mark { animation: countersign-enter .3s ease-out; }
    .countersign-waiting::before { animation: countersign-wait 1.6s infinite; }
  }
  @media (forced-colors: active) {
    .countersign-main { forced-color-adjust: none; background: ButtonText; color: ButtonFace; }
    .countersign-quiet { text-decoration: underline; }
    .countersign-digits, .countersign-notice:not(:empty) { border: 1px solid; }
  }
}
@keyframes countersign-enter { from { opacity: 0; translate: 0 .75rem; } }
@keyframes countersign-wait { 50% { opacity: .25; } }
`;

const styledDocuments = new WeakSet<Document>();

/** Once a document, however many dialogs come and go. */
export function useStylesheet(isWanted: boolean, nonce: string | undefined): void {
  useInsertionEffect(() => {
    if (!isWanted || styledDocuments.has(document)) return;
    styledDocuments.add(document);
    const element = document.createElement('style');
    if (nonce !== undefined) element.nonce = nonce;
    element.textContent = stylesheet;
    // First, so that a page's own rules of the same weight win.
    document.head.prepend(element);
  }, [isWanted, nonce]);
}
