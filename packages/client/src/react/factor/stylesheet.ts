import { useInsertionEffect } from 'react';

/*
 * The same custom properties as the dialog's (dialog/stylesheet.css), set on `:root` or on whatever is around the
 * component, so that both look alike; `--countersign-width` is how wide it becomes.
 */
const stylesheet = `
.countersign-factors {
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
  --cs-mono: var(--countersign-mono, ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace);
  box-sizing: border-box;
  max-inline-size: var(--countersign-width, 34rem);
  padding: 1.5rem;
  border: 1px solid var(--cs-line);
  border-radius: var(--cs-radius);
  background: var(--cs-surface);
  color: var(--cs-text);
  font: 1rem/1.5 var(--countersign-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  overflow-wrap: anywhere;

  & + & { margin-block-start: 1rem; }
  *, *::before { box-sizing: border-box; }
  h2, p, ul, ol, fieldset { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
  ul, ol { list-style: none; }
  a { color: var(--cs-accent); }
  :focus-visible { outline: 3px solid var(--cs-accent); outline-offset: 2px; }
  h2:focus { outline: none; }
  h2 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -.012em; text-wrap: balance; }
  .countersign-head { display: flex; align-items: center; gap: .75rem; margin-block-end: 1rem; }
  .countersign-icon {
    inline-size: 2.5rem; block-size: 2.5rem; flex: none; padding: .5rem; border-radius: calc(var(--cs-radius) * .5);
    background: color-mix(in srgb, var(--cs-accent) 10%, var(--cs-surface)); color: var(--cs-accent);
    fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round;
  }
  &[data-step="done"] .countersign-head .countersign-icon {
    background: color-mix(in srgb, var(--cs-good) 12%, var(--cs-surface)); color: var(--cs-good);
  }
  .countersign-hint { color: var(--cs-muted); font-size: .875rem; }
  .countersign-problem { color: var(--cs-bad); font-size: .9375rem; font-weight: 500; }
  .countersign-problem:empty { display: none; }
  .countersign-note {
    display: flex; align-items: center; gap: .75rem; margin-block-start: 1rem; padding: .75rem 1rem;
    border-radius: calc(var(--cs-radius) * .6); background: var(--cs-field); color: var(--cs-muted); font-size: .875rem;
  }
  .countersign-note .countersign-icon { inline-size: 1.5rem; block-size: 1.5rem; padding: 0; background: none; color: inherit; }

  button {
    min-block-size: 2.75rem; padding: .5rem 1rem; border: 1px solid transparent; border-radius: calc(var(--cs-radius) * .5);
    background: none; color: inherit; font: inherit; cursor: pointer; touch-action: manipulation;
  }
  [aria-disabled="true"], :disabled { cursor: default; opacity: .65; }
  .countersign-primary { background: var(--cs-accent); color: var(--cs-on-accent); font-weight: 600; }
  .countersign-primary:not([aria-disabled="true"]):hover { background: color-mix(in srgb, var(--cs-accent) 88%, var(--cs-text)); }
  .countersign-danger { border-color: var(--cs-bad); color: var(--cs-bad); font-weight: 600; }
  .countersign-danger:not([aria-disabled="true"]):hover { background: color-mix(in srgb, var(--cs-bad) 10%, var(--cs-surface)); }
  .countersign-quiet { padding-inline: .625rem; color: var(--cs-accent); font-size: .9375rem; }
  .countersign-quiet:not([aria-disabled="true"]):hover { background: var(--cs-field); }
  .countersign-actions { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
  .countersign-actions > .countersign-quiet:first-child { margin-inline-start: -.625rem; }
  form { display: grid; gap: 1rem; margin-block-start: 1rem; }
  form > .countersign-actions { margin-block-start: .25rem; }
  > .countersign-actions, > p + .countersign-actions { margin-block-start: 1rem; }

  .countersign-field { display: block; }
  .countersign-field > label, .countersign-field > span:first-child, legend { font-weight: 600; padding: 0; }
  .countersign-field > .countersign-hint { display: block; }
  .countersign-field > .countersign-problem { margin-block-start: .375rem; }
  .countersign-field input, select {
    display: block; inline-size: 100%; min-block-size: 2.75rem; margin-block-start: .375rem; padding: .5rem .875rem;
    border: 1px solid var(--cs-border); border-radius: calc(var(--cs-radius) * .5);
    background: var(--cs-surface); color: inherit; font: inherit;
  }
  .countersign-field input[aria-invalid="true"] { border-color: var(--cs-bad); box-shadow: inset 0 0 0 1px var(--cs-bad); }
  .countersign-field .countersign-code { font: 1.375rem/1 var(--cs-mono); letter-spacing: .14em; }
  .countersign-field .countersign-code[inputmode="text"] { font-size: 1.125rem; letter-spacing: .04em; }
  .countersign-check { display: flex; align-items: center; gap: .625rem; min-block-size: 2.75rem; cursor: pointer; }
  .countersign-check input { inline-size: 1.25rem; block-size: 1.25rem; flex: none; margin: 0; accent-color: var(--cs-accent); }
  .countersign-choice { display: flex; flex-wrap: wrap; gap: .5rem; }
  .countersign-choice legend { margin-block-end: .375rem; }
  .countersign-choice .countersign-check {
    flex: 1 1 8rem; padding-inline: .875rem; border: 1px solid var(--cs-line); border-radius: calc(var(--cs-radius) * .5);
    background: var(--cs-field);
  }
  .countersign-choice .countersign-check:has(:checked) { border-color: var(--cs-accent); box-shadow: inset 0 0 0 1px var(--cs-accent); }

  .countersign-methods { display: grid; gap: .5rem; }
  .countersign-methods button {
    display: flex; align-items: center; gap: .875rem; inline-size: 100%; padding: .75rem; text-align: start;
    border-color: var(--cs-line); background: var(--cs-field);
  }
  .countersign-methods button:hover { border-color: var(--cs-accent); }
  .countersign-methods button > span { display: grid; }
  .countersign-methods strong, .countersign-list strong { font-weight: 600; }
  .countersign-arrow {
    margin-inline: auto .375rem; inline-size: .5rem; block-size: .5rem; flex: none; rotate: 45deg;
    border: solid var(--cs-muted); border-width: 1.5px 1.5px 0 0;
  }
  :dir(rtl) .countersign-arrow, .countersign-arrow:dir(rtl) { rotate: -135deg; }

  .countersign-list > li {
    display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 0 .875rem; padding-block: 1rem;
  }
  .countersign-list > li + li { border-block-start: 1px solid var(--cs-line); }
  .countersign-list > li:last-child { padding-block-end: 0; }
  .countersign-list > li:first-child { padding-block-start: 0; }
  .countersign-list > li > .countersign-icon { align-self: start; }
  .countersign-list > li > .countersign-actions { grid-column: 2; gap: 0 .25rem; }
  .countersign-list .countersign-quiet { min-block-size: 2.25rem; padding-block: .25rem; }
  .countersign-about p:first-child { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .5rem; }
  .countersign-inline { grid-column: 2; display: grid; gap: .75rem; margin-block: .5rem 0; }
  .countersign-inline .countersign-actions { gap: .5rem; }
  .countersign-list > li > .countersign-problem { grid-column: 2; }
  .countersign-badge {
    padding: .0625rem .5rem; border-radius: 99rem;
    background: color-mix(in srgb, var(--cs-accent) 10%, var(--cs-surface)); color: var(--cs-accent);
    font-size: .75rem; font-weight: 600; white-space: nowrap;
  }
  .countersign-badge[data-tone="muted"] { background: var(--cs-field); color: var(--cs-muted); }

  .countersign-qr {
    display: block; inline-size: min(14rem, 100%); margin: 1rem auto; border: 1px solid var(--cs-line);
    border-radius: calc(var(--cs-radius) * .6);
  }
  .countersign-secret { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
  .countersign-secret code { font: 1rem/1.5 var(--cs-mono); letter-spacing: .04em; }
  .countersign-codes {
    display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .375rem 1.5rem; padding: 1rem 1.25rem;
    border: 1px solid var(--cs-line); border-radius: calc(var(--cs-radius) * .6); background: var(--cs-field);
  }
  .countersign-codes code { font: 1rem/1.5 var(--cs-mono); white-space: nowrap; }

  @media (max-width: 30rem) {
    & { padding: 1.25rem; }
  }
  @media (forced-colors: active) {
    button { border-color: ButtonText; }
    .countersign-icon, .countersign-arrow { forced-color-adjust: auto; color: CanvasText; }
  }
}
`;

const styledDocuments = new WeakSet<Document>();

/** Once a document, however many components come and go. */
export function useFactorStylesheet(isWanted: boolean, nonce: string | undefined): void {
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
