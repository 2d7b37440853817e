import { knownMethods } from '../known-methods.ts';
import { routerProcedures, type RouterProcedure } from '../router-procedures.ts';
import { describeType } from './describe-type.ts';
import { fieldTable, fieldTables } from './fields.ts';
import { jsonSchemaOf, rulesOfEveryText, type JsonSchema } from './json-schema.ts';
import { code, document, listed, table } from './markdown.ts';
import { operationComment } from './operation-comment.ts';
import { procedureExamples, type ProcedurePath } from './procedure-examples.ts';
import { actorKinds, may, mayAnyone } from './who-may.ts';

interface Entry {
  readonly path: ProcedurePath;
  readonly kind: string;
  readonly who: string;
  readonly section: string;
  /** The named schemas it mentions, at any depth. */
  readonly types: Readonly<Record<string, JsonSchema>>;
}

/** docs/procedures.md */
export async function proceduresDocument(): Promise<string> {
  const entries = await Promise.all(routerProcedures().map(describe));
  return document([
    '# Procedures',
    ...introduction,
    table(
      ['procedure', 'kind', 'who'],
      entries.map(({ path, kind, who }) => [`[${path}](#${path.toLowerCase().replace('.', '')})`, kind, who]),
    ),
    ...entries.map(({ section }) => section),
    '# Types',
    ...typeSections(entries),
  ]);
}

const introduction = [
  'Paths of tRPC 11, under `/trpc` of the running server or wherever a host nested our router; the transformer is superjson, and inputs are plain JSON. Each is also reached [by plain HTTP](guides/openapi.md), under `/api/v1`. An unknown key in an input is an error, and so is a number beyond its limit: nothing is dropped or clamped. A `?` marks what may be left out.',
  `A text of an input ${listed(rulesOfEveryText, 'and')}. An id that is no id names nothing: \`not_found\`.`,
  'A mutation takes an `idempotencyKey`: the same actor, procedure and key within 24 hours get the same answer, and the effect happens once. It also takes a `context`, from the service only (`forbidden` from others): at most 8 KiB of JSON, 16 levels deep, which travels on its events and to the sender.',
  '*Who*: the service acts for every subject; a subject sees what is its own and not bound to another session; a device reads, grants and denies what is its subject’s; *anyone* needs no credential. What somebody may not see answers like what does not exist.',
  'Besides what stands with each procedure, any call may end in `invalid_input`, `unauthenticated`, `forbidden`, `unavailable_dependency` or `internal`, and a mutation with an `idempotencyKey` in `idempotency_conflict`. All reasons: [errors.md](errors.md).',
];

async function describe({ path, type, input: accepted, output }: RouterProcedure): Promise<Entry> {
  const { input, note } = procedureExamples[path];
  const who = await whoMay(path);
  const { description, refusals } = operationComment(path);
  const takes = jsonSchemaOf(accepted, 'input');
  const answers = jsonSchemaOf(output, 'output');
  const verb = type === 'subscription' ? 'Yields, each with its id,' : 'Answers';
  const section = [
    `## ${path}`,
    `*${type}; ${who}*`,
    description,
    ...(note === undefined ? [] : [note]),
    ...fieldTables(takes),
    `\`\`\`ts\n${path}(${literal(input)})\n\`\`\``,
    `${verb} ${describeType(answers)}.`,
    ...(refusals === '' ? [] : [`Refusals: ${named(refusals)}`]),
  ].join('\n\n');
  return { path, kind: type, who, section, types: { ...takes.$defs, ...answers.$defs } };
}

async function whoMay(path: ProcedurePath): Promise<string> {
  const allowed = await actorsOf(path);
  return allowed.length === 0 ? 'anyone' : listed(allowed, 'and');
}

/** The kinds of actors that may call it; none when anyone may. */
export async function actorsOf(path: ProcedurePath): Promise<string[]> {
  const { input, fromSubject = input } = procedureExamples[path];
  if (await mayAnyone(path, input)) return [];
  const allowed: string[] = [];
  for (const kind of actorKinds) {
    if (await may(kind, path, kind === 'subject' ? fromSubject : input)) allowed.push(kind);
  }
  return allowed;
}

/** "as `checkAuthorizationRequest`" of a comment, in the words of this document. */
function named(refusals: string): string {
  return refusals.replaceAll(/`([a-z]+)AuthorizationRequest`/g, '`authorizationRequest.$1`');
}

/** As TypeScript writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, inner]) => `${key}: ${literal(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function typeSections(entries: readonly Entry[]): string[] {
  const types = new Map<string, string>();
  const proofTypes = knownMethods.flatMap(({ proof }) =>
    Object.entries(jsonSchemaOf(proof, 'input').$defs ?? {}),
  );
  const ofProcedures = entries.flatMap((entry) => Object.entries(entry.types));
  for (const [name, schema] of [...ofProcedures, ...proofTypes]) {
    if (name.startsWith('__')) continue;
    const shown = fieldTable(schema);
    if (types.has(name) && types.get(name) !== shown) throw new Error(`two schemas are called ${name}`);
    types.set(name, shown);
  }
  return [...types]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, shown]) => [`## ${name}`, shown, ...(name === 'Proof' ? proofSections() : [])]);
}

/** What stands beside `method` depends on the method. */
function proofSections(): string[] {
  return knownMethods.flatMap(({ key, title, proof }) => [
    `By the method ${code(key)} (${title.toLowerCase()}):`,
    ...fieldTables(jsonSchemaOf(proof, 'input')),
  ]);
}
