import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What the rules about imports and globals need to know of a TypeScript file. */
export interface SourceFile {
  /** From the root of the tree, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Mention[];
  /** Globals that are read, such as `process.env`, and the constructors that are called: `new Date()`. */
  readonly uses: readonly Mention[];
}

export interface Mention {
  readonly name: string;
  readonly line: number;
  /** What is taken from an imported module; empty for `import * as`. */
  readonly names: readonly string[];
  /** Of an import: it is gone when the file runs. */
  readonly isTypeOnly: boolean;
}

/** Any node of the syntax tree, seen from outside. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export function readSourceFile(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const { program } = parseSync(path, text);
  const imports: Mention[] = [];
  const uses: Mention[] = [];
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;

  visit(program, (node) => {
    const line = lineOf(node.start);
    const source = importedModule(node);
    if (source !== undefined)
      imports.push({ name: source, line, names: importedNames(node), isTypeOnly: isTypeOnly(node) });
    const use = usedGlobal(node);
    if (use !== undefined) uses.push({ name: use, line, names: [], isTypeOnly: false });
  });
  return { path, text, imports, uses };
}

/** `import … from`, `export … from`, `import()` and `typeof import()`: all four tie two files together. */
function importedModule(node: Node): string | undefined {
  const hasSource = /^(Import|ExportNamed|ExportAll)Declaration$|^(ImportExpression|TSImportType)$/.test(
    node.type,
  );
  const source = hasSource ? node['source'] : undefined;
  return isNode(source) && typeof source['value'] === 'string' ? source['value'] : undefined;
}

/** `import type … from`, `export type … from`, `typeof import()`; a list of single types still loads its module. */
function isTypeOnly(node: Node): boolean {
  return node['importKind'] === 'type' || node['exportKind'] === 'type' || node.type === 'TSImportType';
}

function importedNames(node: Node): string[] {
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
  return specifiers.map((specifier) => nameOf(specifier['imported'])).filter((name) => name !== undefined);
}

/** `a.b` as "a.b", `new A()` without arguments as "new A()". */
function usedGlobal(node: Node): string | undefined {
  if (node.type === 'MemberExpression') {
    const [object, property] = [nameOf(node['object']), nameOf(node['property'])];
    return object === undefined || property === undefined ? undefined : `${object}.${property}`;
  }
  const isEmptyCall = Array.isArray(node['arguments']) && node['arguments'].length === 0;
  const callee = isEmptyCall ? nameOf(node['callee']) : undefined;
  if (callee === undefined) return undefined;
  return node.type === 'NewExpression' ? `new ${callee}()` : `${callee}()`;
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' && typeof node['name'] === 'string'
    ? node['name']
    : undefined;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const key of Object.keys(value)) visit(value[key], see);
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
