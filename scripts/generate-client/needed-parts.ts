import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

/** Names that are asked for, by the file that declares them. */
export type Wanted = ReadonlyMap<string, ReadonlySet<string>>;

/** A top-level statement with the comment before it, and the empty line before that if there is one. */
interface Part {
  readonly text: string;
  readonly declares: readonly string[];
  /** Every name that stands in it: a few too many when an inner one has the same. */
  readonly mentions: ReadonlySet<string>;
}

interface ImportedName {
  readonly name: string;
  readonly file: string;
  readonly isType: boolean;
}

/** A module, taken apart. */
interface Module {
  readonly parts: readonly Part[];
  readonly imports: readonly ImportedName[];
}

/** What is left of a module: the parts that are needed, and where they have the rest from. */
export interface NeededParts {
  readonly text: string;
  readonly imports: readonly ImportedName[];
}

/**
 * The modules that the wanted names come from, each without what none of them needs. `read` answers the text of
 * a file, or null for one that is not copied.
 *
 * @throws Error for a name that its file does not declare: one that is passed on from another is not followed.
 */
export function neededParts(wanted: Wanted, read: (file: string) => string | null): Map<string, NeededParts> {
  const modules = new Map<string, Module>();
  const asked = new Map<string, Set<string>>();
  const ask = (file: string, name: string): void => {
    const text = read(file);
    if (text === null) return;
    const module = modules.get(file) ?? takeApart(file, text);
    modules.set(file, module);
    const names = asked.get(file) ?? new Set();
    asked.set(file, names);
    if (names.has(name)) return;
    names.add(name);
    if (!module.parts.some(({ declares }) => declares.includes(name)))
      throw new Error(`${file} declares no ${name}`);
    for (const used of mentionedBy(needed(module, names))) {
      const from = module.imports.find((imported) => imported.name === used);
      if (from !== undefined) ask(from.file, used);
    }
  };
  for (const [file, names] of wanted) for (const name of names) ask(file, name);

  return new Map(
    [...modules].map(([file, module]) => {
      const names = asked.get(file) ?? new Set();
      const parts = needed(module, names);
      const mentioned = mentionedBy(parts);
      return [
        file,
        {
          text: parts
            .map((part) =>
              part.declares.some((name) => names.has(name)) ? part.text : unexported(part.text),
            )
            .join('\n')
            .trim(),
          imports: module.imports.filter(({ name }) => mentioned.has(name)),
        },
      ];
    }),
  );
}

/** The parts that declare the names, those that these mention, and the statements that work on them. */
function needed({ parts }: Module, names: ReadonlySet<string>): Part[] {
  const kept = new Set<Part>();
  for (let before = -1; before < kept.size;) {
    before = kept.size;
    const mentioned = new Set([...names, ...mentionedBy([...kept])]);
    const declared = new Set([...kept].flatMap(({ declares }) => declares));
    for (const part of parts) {
      const isStatement = part.declares.length === 0;
      const isNeeded = isStatement
        ? [...part.mentions].some((name) => declared.has(name))
        : part.declares.some((name) => mentioned.has(name));
      if (isNeeded) kept.add(part);
    }
  }
  return parts.filter((part) => kept.has(part));
}

function mentionedBy(parts: readonly Part[]): Set<string> {
  return new Set(parts.flatMap(({ mentions }) => [...mentions]));
}

function unexported(text: string): string {
  return text.replace(/^export /m, '');
}

function takeApart(file: string, text: string): Module {
  const parts: Part[] = [];
  const imports: ImportedName[] = [];
  let end = 0;
  for (const statement of parseSync(file, text).program.body as unknown as readonly Node[]) {
    const whole = text.slice(end, (text + '\n').indexOf('\n', statement.end));
    end += whole.length + '\n'.length;
    if (statement.type === 'ImportDeclaration') imports.push(...importedNames(file, statement));
    else parts.push({ text: whole, declares: declaredNames(statement), mentions: namesIn(statement) });
  }
  return { parts, imports };
}

/** Any node of the syntax tree, seen from outside. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function importedNames(file: string, statement: Node): ImportedName[] {
  const source = nodeAt(statement, 'source')?.['value'];
  return nodesAt(statement, 'specifiers').map((specifier) => ({
    name: nameOf(nodeAt(specifier, 'local')) ?? '',
    file: posix.join(posix.dirname(file), String(source)),
    isType: statement['importKind'] === 'type' || specifier['importKind'] === 'type',
  }));
}

function declaredNames(statement: Node): string[] {
  const declaration = nodeAt(statement, 'declaration') ?? statement;
  if (declaration.type !== 'VariableDeclaration') {
    const name = nameOf(nodeAt(declaration, 'id'));
    return name === undefined ? [] : [name];
  }
  return nodesAt(declaration, 'declarations').flatMap((declarator) => {
    const id = nodeAt(declarator, 'id');
    const name = nameOf(id); // Of a single name, not those of its type as well.
    return id === undefined || name !== undefined ? [name ?? ''] : [...namesIn(id)];
  });
}

/** Keys of objects and of members are no names, unless they are computed. */
function namesIn(node: Node): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    const name = nameOf(value);
    if (name !== undefined) names.add(name);
    const isKey = (key: string): boolean =>
      value['computed'] === false && (key === 'key' || (key === 'property' && value.type !== 'Property'));
    for (const key of Object.keys(value)) if (!isKey(key)) visit(value[key]);
  };
  visit(node);
  return names;
}

function nameOf(node: Node | undefined): string | undefined {
  return node?.type === 'Identifier' && typeof node['name'] === 'string' ? node['name'] : undefined;
}

function nodeAt(node: Node, key: string): Node | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

function nodesAt(node: Node, key: string): Node[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
