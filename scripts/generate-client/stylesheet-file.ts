import { readFileSync } from 'node:fs';
import { sourceText } from './source-text.ts';

const source = 'packages/client/src/react/dialog/stylesheet.css';
const notice = `// Made from ${source} by \`npm run generate\`: a page loads it without its white space.`;

/** packages/client/src/generated/dialog-stylesheet.ts: the stylesheet as one line. */
export async function stylesheetFile(): Promise<string> {
  const text = withoutWhiteSpace(readFileSync(source, 'utf8'));
  return await sourceText(
    'dialog-stylesheet.ts',
    [`export const dialogStylesheet = \n  \`${text}\`;`],
    notice,
  );
}

/** Of the white space of CSS as we write it: what is left is between words, selectors and operators. */
function withoutWhiteSpace(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};]) ?/g, '$1')
    .replace(/([a-z-]): /g, '$1:')
    .replaceAll(', ', ',')
    .replaceAll(';}', '}')
    .trim();
}
