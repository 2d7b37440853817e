/** Paragraphs as a doc comment with its line break; empty for nothing to say. */
export function docComment(paragraphs: readonly string[]): string {
  const text = paragraphs
    .filter((paragraph) => paragraph !== '')
    .join('\n\n')
    .replaceAll('*/', '*\\/');
  if (text === '') return '';
  const lines = text.split('\n').flatMap((line) => folded(line));
  const [only] = lines;
  if (lines.length === 1) return `/** ${only} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

const widthMax = 100;

function folded(line: string): string[] {
  const lines = [''];
  // A link is not broken, and neither is what stands in backticks.
  for (const word of line.match(/(?:\{@link [^}]+\}|`[^`]*`|\S)+/g) ?? []) {
    const last = lines.length - 1;
    const grown = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (grown.length <= widthMax || lines[last] === '') lines[last] = grown;
    else lines.push(word);
  }
  return lines;
}

/** A sentence from a phrase: capital letter, full stop. */
export function sentence(phrase: string): string {
  if (phrase === '') return '';
  return `${phrase[0]?.toUpperCase()}${phrase.slice(1)}${/[.!?:]$/.test(phrase) ? '' : '.'}`;
}
