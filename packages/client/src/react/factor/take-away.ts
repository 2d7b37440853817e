/** Offers a text as a file. It never leaves the page for that. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Prints a text and nothing else of the page, from a document of its own that is gone when the dialog is closed. */
export function printText(title: string, text: string): void {
  const frame = document.createElement('iframe');
  // Not hidden: what is not laid out is not printed by every browser.
  Object.assign(frame.style, {
    position: 'fixed',
    right: '0',
    bottom: '0',
    width: '0',
    height: '0',
    border: '0',
  });
  document.body.append(frame);
  const { contentWindow: page, contentDocument: paper } = frame;
  if (page === null || paper === null) return;
  paper.title = title;
  const heading = paper.createElement('h1');
  heading.textContent = title;
  const lines = paper.createElement('pre');
  lines.textContent = text;
  paper.body.append(heading, lines);
  page.addEventListener('afterprint', () => frame.remove());
  page.print();
}
