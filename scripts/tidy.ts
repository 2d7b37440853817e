import { existsSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { listTree } from './tree.ts';

/** A written file, and what it stands in: whether another path exists, and which npm scripts there are. */
export interface TidyFile {
  readonly path: string;
  readonly text: string;
  readonly exists: (path: string) => boolean;
  readonly npmScripts: readonly string[];
}

/** A rule of style that a linter lacks: what is wrong with a file, as sentences. */
type TidyRule = (file: TidyFile) => readonly string[];

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(path);
const isDocument = (path: string): boolean => path.endsWith('.md');

/** Such a name says that nobody decided what belongs inside. */
export const namedForNothing: TidyRule = ({ path }) => {
  const parts = path.split('/').map((part) => part.replace(/\..*$/, ''));
  const empty = parts.filter((part) =>
    /^(utils?|helpers?|common|lib|types?|managers?|misc|shared)$/.test(part),
  );
  return empty.map((part) => `“${part}” says nothing about what is inside`);
};

export const kebabCase: TidyRule = ({ path }) => {
  if (!isCode(path)) return [];
  const wrong = path
    .split('/')
    .filter((part) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(part));
  return wrong.map((part) => `“${part}” is not kebab-case`);
};

/** Lists of names that another index passes on whole: what is generated, and the built-in methods, which stand once. */
const namesByItself = new Set(['./generated/index.ts', './method/methods/index.ts']);

/**
 * An index is a list: it re-exports by name, or gathers what it imports in one object. The first function
 * in it is the day it starts to become the program.
 */
export const indexIsAList: TidyRule = ({ path, text }) => {
  if (basename(path) !== 'index.ts') return [];
  const statements = parseSync(path, text).program.body;
  const wrong = statements.filter((statement) => {
    if (statement.type === 'ImportDeclaration') return false;
    // `export * as name` names.
    if (statement.type === 'ExportAllDeclaration')
      return statement.exported === null && !namesByItself.has(statement.source.value);
    if (statement.type !== 'ExportNamedDeclaration') return true;
    const { declaration } = statement;
    if (declaration === null) return false;
    return (
      declaration.type !== 'VariableDeclaration' ||
      !declaration.declarations.every(({ init }) => isGathering(init))
    );
  });
  return wrong.map(
    ({ start, type }) => `line ${text.slice(0, start).split('\n').length}: ${type} in an index`,
  );
};

/** `{ create, get, list }` */
function isGathering(init: unknown): boolean {
  const { type, properties } = (init ?? {}) as { type?: string; properties?: { shorthand?: boolean }[] };
  return type === 'ObjectExpression' && properties?.every(({ shorthand }) => shorthand === true) === true;
}

/** Relative links in documents lead somewhere. */
export const linksLead: TidyRule = ({ path, text, exists }) => {
  if (!isDocument(path)) return [];
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link.replace(/#.*$/, ''));
  const relative = links.filter((link) => link !== '' && !/^[a-z]+:/.test(link));
  const broken = relative.filter((link) => !exists(posix.join(posix.dirname(path), link)));
  return broken.map((link) => `the link ${link} leads nowhere`);
};

/** A path in `backticks` that starts at the root of the repository exists; one with a placeholder is a pattern. */
export const namedFilesExist: TidyRule = ({ path, text, exists }) => {
  if (!isDocument(path)) return [];
  const quoted = [...text.matchAll(/`((?:packages|scripts|docs|examples|bench|\.ci)\/[^`\s]*)`/g)].map(
    ([, name = '']) => name,
  );
  const concrete = quoted
    .filter((name) => !/[<>*{}…]|NNNN/.test(name))
    .map((name) => name.replace(/:\d+$/, ''));
  return concrete.filter((name) => !exists(name)).map((name) => `${name} does not exist`);
};

/** What documents, comments and messages tell people to type after `npm` is a script of package.json. */
export const namedScriptsExist: TidyRule = ({ path, text, npmScripts }) => {
  if (!isDocument(path) && !isCode(path)) return [];
  const named = [...text.matchAll(/\bnpm (?:run (?!\w+\$)([a-z][\w:-]*)|(start|test)\b)/g)].map(
    ([, run, short = '']) => run ?? short,
  );
  return named.filter((name) => !npmScripts.includes(name)).map((name) => `npm run ${name} does not exist`);
};

/** What is true on one machine only has no place in a repository. */
export const namesNoMachine: TidyRule = ({ path, text }) => {
  const homes = [
    ...text.matchAll(/(?<![\w.~/}*])\/(?:home|Users|root|work|workspaces?|builds)\/[\w.-]+/g),
  ].map(([found]) => found);
  const hosts =
    basename(path) === 'pnpm-lock.yaml'
      ? [...text.matchAll(/https?:\/\/[^\s'}]+/g)].map(([found]) => found)
      : [];
  return [...homes, ...hosts].map((found) => `${found} exists on one machine only`);
};

const tidyRules: readonly TidyRule[] = [
  namedForNothing,
  kebabCase,
  indexIsAList,
  linksLead,
  namedFilesExist,
  namedScriptsExist,
  namesNoMachine,
];

/** Everything untidy below `root`. Fixtures are meant to be wrong. */
export function findUntidy(root: string): string[] {
  const exists = (path: string): boolean => existsSync(join(root, path));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const npmScripts = Object.keys(manifest.scripts);
  const paths = listTree(root).filter((path) => !path.startsWith('scripts/fixtures/') && isText(path));
  return paths.flatMap((path) => {
    const file: TidyFile = { path, text: readFileSync(join(root, path), 'utf8'), exists, npmScripts };
    return tidyRules.flatMap((rule) => rule(file)).map((sentence) => `${path}: ${sentence}`);
  });
}

function isText(path: string): boolean {
  return isCode(path) || isDocument(path) || /\.(json|jsonc|yaml|yml|sql|css|html|txt)$|\/run$/.test(path);
}
