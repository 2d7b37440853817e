import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { mayImport, placeInCore } from './core-levels.ts';
import { readSourceFile, type Mention, type SourceFile } from './source-file.ts';
import { listTree } from './tree.ts';

/** One sentence of the architecture. `scripts/fixtures/boundaries/<name>` breaks it, and only it. */
interface BoundaryRule {
  readonly name: string;
  readonly sentence: string;
  /** Which files it is about: a prefix of the path. */
  readonly applies: string;
  /** What in such a file breaks it. */
  readonly broken: (file: SourceFile) => readonly Mention[];
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
}

const core = 'packages/core/src/';
const server = 'packages/server/src/';
const client = 'packages/client/src/';

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const transports = /^(@trpc\/|@hono\/|hono$|hono\/|ws$|express$|fastify$|(node:)?https?2?$)/;
const timeAndChance = /^(Date\.now|Date\(\)|new Date\(\)|Math\.random|crypto\.(randomUUID|getRandomValues))$/;
const randomNames = new Set([
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'webcrypto',
]);

export const boundaryRules: readonly BoundaryRule[] = [
  {
    name: 'core-imports-go-down',
    sentence: 'Inside core, imports only go down the levels of scripts/core-levels.ts.',
    applies: core,
    broken: (file) => file.imports.filter((mention) => !goesDown(file, mention)),
  },
  {
    name: 'core-has-no-transport',
    sentence: 'Core knows neither tRPC nor HTTP.',
    applies: core,
    broken: (file) => file.imports.filter(({ name }) => transports.test(name)),
  },
  {
    name: 'core-reads-no-environment',
    sentence: 'Core is told its settings; it reads no process.env.',
    applies: core,
    broken: (file) => [...usesOf(file, /^(process|globalThis)\./), ...importsOf(file, /^(node:)?process$/)],
  },
  {
    name: 'core-does-not-print',
    sentence: 'Core logs through its port, not to the console.',
    applies: core,
    broken: (file) => usesOf(file, /^console\./),
  },
  {
    name: 'one-writer',
    sentence: 'A request is written by the statements of its own folder alone.',
    applies: core,
    broken: (file) => (mayWriteRequests(file.path) ? [] : linesOf(file, writesRequests)),
  },
  {
    name: 'time-and-chance-are-ports',
    sentence: 'The clock and randomness are read in src/runtime.ts of core and of client alone.',
    applies: 'packages/',
    broken: (file) =>
      readsTimeAndChance(file.path) ? [] : [...usesOf(file, timeAndChance), ...randomImports(file)],
  },
  {
    name: 'server-enters-core-by-the-front-door',
    sentence: 'Server imports @countersign/core and its door ./scoped-token, nothing inside of it.',
    applies: server,
    broken: (file) =>
      file.imports.filter(({ name }) => /^@countersign\/core\/(?!scoped-token$)|\/core\/src\//.test(name)),
  },
  {
    name: 'server-has-no-entity-manager',
    sentence: 'Server holds no rules: it knows neither MikroORM, nor a database client, nor an entity.',
    applies: server,
    broken: (file) => importsOf(file, /^(@mikro-orm\/|pg$|kysely$)/),
  },
  {
    name: 'client-stands-alone',
    sentence:
      'Client imports nothing of ours, no zod and no Node built-ins, in types neither: it runs in a browser.',
    applies: client,
    broken: (file) =>
      file.imports.filter(({ name }) => builtins.has(name) || /^(@countersign\/|zod$|zod\/)/.test(name)),
  },
  {
    name: 'client-runs-no-server',
    sentence:
      'Client takes from @trpc/server types, and what tRPC’s own client runs of it: observables and the table of codes.',
    applies: client,
    broken: (file) =>
      importsOf(file, /^@trpc\/server(?!\/(?:observable|rpc)$)(\/|$)/).filter(
        ({ isTypeOnly }) => !isTypeOnly,
      ),
  },
  {
    name: 'console-knows-the-client-only',
    sentence: 'The operator console uses the client, as everybody else does.',
    applies: 'packages/console/',
    broken: (file) => importsOf(file, /^@countersign\/(?!client(\/|$))/),
  },
  {
    name: 'sources-stay-in-their-package',
    sentence: 'What is published imports no path outside of its package’s src, and no test.',
    applies: 'packages/',
    broken: (file) =>
      file.imports.filter((mention) => {
        const [, home] = /^(packages\/[^/]+\/src\/)/.exec(file.path) ?? [];
        return home !== undefined && mention.name.startsWith('.') && !resolve(file, mention).startsWith(home);
      }),
  },
];

/** Every breach of a boundary below `root`. */
export function findViolations(root: string): Violation[] {
  const paths = listTree(root).filter((path) => path.startsWith('packages/') && /\.tsx?$/.test(path));
  const files = paths.map((path) => readSourceFile(root, path));
  return boundaryRules.flatMap((rule) =>
    files
      .filter((file) => file.path.startsWith(rule.applies))
      .flatMap((file) => rule.broken(file).map((mention) => violation(rule, file, mention))),
  );
}

function violation(rule: BoundaryRule, file: SourceFile, mention: Mention): Violation {
  return { rule: rule.name, text: `${file.path}:${mention.line} ${mention.name}. ${rule.sentence}` };
}

function usesOf(file: SourceFile, pattern: RegExp): Mention[] {
  return file.uses.filter(({ name }) => pattern.test(name));
}

function importsOf(file: SourceFile, pattern: RegExp): Mention[] {
  return file.imports.filter(({ name }) => pattern.test(name));
}

function resolve(file: SourceFile, mention: Mention): string {
  return posix.join(posix.dirname(file.path), mention.name);
}

function goesDown(file: SourceFile, mention: Mention): boolean {
  const target = resolve(file, mention);
  if (!mention.name.startsWith('.') || !target.startsWith(core)) return true; // another rule's business
  const [from, to] = [placeInCore(file.path.slice(core.length)), placeInCore(target.slice(core.length))];
  return from !== undefined && to !== undefined && mayImport(from, to);
}

const writesRequests =
  /\b(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE)\s+countersign\.(?:authorization_request|proof)\b/;

/** Its statements, and what moves the whole table: migrations, and the epoch after a restore. */
function mayWriteRequests(path: string): boolean {
  const inside = path.slice(core.length);
  return /^(authorization-request\/statement\/|database\/migrations\/|event\/epoch\.ts$)/.test(inside);
}

function linesOf(file: SourceFile, pattern: RegExp): Mention[] {
  return file.text
    .split('\n')
    .flatMap((text, index) =>
      pattern.test(text) ? [{ name: text.trim(), line: index + 1, names: [], isTypeOnly: false }] : [],
    );
}

/** The one file of a package, and everything that is no part of the product: tests, their helpers, proofs. */
function readsTimeAndChance(path: string): boolean {
  const isProduct = /^packages\/(core|server|client|console)\/src\//.test(path);
  return !isProduct || path === `${core}runtime.ts` || path === `${client}runtime.ts`;
}

function randomImports(file: SourceFile): Mention[] {
  return importsOf(file, /^(node:)?crypto$/).filter(({ names }) =>
    names.some((name) => randomNames.has(name)),
  );
}
