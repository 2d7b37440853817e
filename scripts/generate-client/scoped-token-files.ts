import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { neededParts, type NeededParts } from './needed-parts.ts';
import { sourceText } from './source-text.ts';

const core = 'packages/core/src';
const copies = 'packages/client/src/generated';

/** What the client does with a token, and what it says about one. */
const wanted = new Map([
  ['scoped-token/cst1/narrowing.ts', new Set(['prepareNarrowing', 'finishNarrowing'])],
  ['scoped-token/cst1/base62.ts', new Set(['toBase62'])],
  ['scoped-token/cst1/format.ts', new Set(['checksumCharacters'])],
  ['scoped-token/cst1/claims.ts', new Set(['Block'])],
  ['scoped-token/scope/scope.ts', new Set(['Scope'])],
]);

/** What Node has a built-in for; the client has its own. */
const own = new Map([
  ['error.ts', 'packages/client/src/scoped-token/invalid-input.ts'],
  ['scoped-token/cst1/ascii.ts', 'packages/client/src/scoped-token/ascii.ts'],
  ['scoped-token/cst1/base64url.ts', 'packages/client/src/scoped-token/base64url.ts'],
  ['scoped-token/cst1/checksum.ts', 'packages/client/src/scoped-token/checksum.ts'],
]);

/**
 * packages/client/src/generated/scoped-token/: the rules of the token's format, from core, so that a token can be
 * narrowed in a browser. Copied and not shared: the client imports nothing of ours, in types neither.
 */
export const scopedTokenFiles = [
  ...neededParts(wanted, (file) => (own.has(file) ? null : readFileSync(`${core}/${file}`, 'utf8'))),
].map(([file, needed]) => ({ file: `${copies}/${file}`, produce: () => copyOf(file, needed) }));

async function copyOf(file: string, { text, imports }: NeededParts): Promise<string> {
  const notice = `// What the client needs of ${core}/${file}, copied by \`npm run generate\`.\n// A change belongs there; a check fails when this is not up to date.`;
  const byFile = Object.entries(Object.groupBy(imports, (imported) => imported.file));
  const lines = byFile.map(([from, list = []]) => {
    const areTypes = list.every(({ isType }) => isType);
    const names = list.map(({ name, isType }) => (isType && !areTypes ? `type ${name}` : name));
    return `import ${areTypes ? 'type ' : ''}{ ${names.join(', ')} } from '${specifier(file, from)}';`;
  });
  return await sourceText(posix.basename(file), [lines.join('\n'), text].filter(Boolean), notice);
}

/** Among the copies as in core; otherwise to what the client has instead. */
function specifier(file: string, from: string): string {
  const target = own.get(from) ?? `${copies}/${from}`;
  const path = posix.relative(posix.dirname(`${copies}/${file}`), target);
  return path.startsWith('.') ? path : `./${path}`;
}
