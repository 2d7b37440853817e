import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';

/** Opens every file that is generated from the router. */
const notice =
  '// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this\n// is not up to date.';

const settings = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatConfig & { $schema?: string };

/** The parts as a file of TypeScript, as the formatter leaves it. */
export async function sourceText(name: string, parts: readonly string[], opening = notice): Promise<string> {
  const { $schema: _, ignorePatterns: __, ...options } = settings;
  const text = `${[opening, ...parts].join('\n\n')}\n`;
  const { code, errors } = await format(name, text, options);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${name} cannot be formatted: ${error.message}`);
  return code;
}

/** `['a', 'b']` as `import type { a, b } from '…'`; nothing when there is nothing to import. */
export function importTypes(names: Iterable<string>, from: string): string[] {
  const sorted = [...new Set(names)].sort();
  return sorted.length === 0 ? [] : [`import type { ${sorted.join(', ')} } from '${from}';`];
}
