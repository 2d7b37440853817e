/**
 * packages/core/src/database/schema.sql: what the migrations come to, read back from the catalogs of a real
 * PostgreSQL, so that a change of the schema is reviewed as the schema it makes and not as the way there.
 * (`pg_dump` is not part of the embedded binaries.)
 *
 * It must not be silent about anything: an object of a kind it cannot write down is an error, and a test makes
 * a database from the file and reads the same file back.
 */
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import type { Executor } from '../packages/core/src/database/executor.ts';
import { migrate } from '../packages/core/src/database/migrate.ts';
import { openDatabase } from '../packages/core/src/database/orm.ts';
import { silentLogger } from '../packages/core/src/runtime.ts';

const header = `-- The schema "countersign" as the migrations leave it, read from the catalogs of PostgreSQL 18.
-- Made by \`npm run generate\`; a change belongs into packages/core/src/database/migrations. Nothing runs this
-- file: it is here to be reviewed. Left out: owners, privileges but those that PUBLIC loses (nothing of ours gives
-- any), and the one row of "installation", which the first migration inserts.

CREATE SCHEMA countersign;`;

/** The schema of a database that was migrated just now. Takes as long as PostgreSQL takes to start. */
export async function dumpSchema(): Promise<string> {
  const postgres = await startTemporaryPostgres();
  try {
    const database = await openDatabase(postgres.url(), silentLogger);
    try {
      await migrate(database);
      return await readSchema(database.pool);
    } finally {
      await database.orm.close(true);
    }
  } finally {
    await postgres.stop();
  }
}

/** The schema as SQL: domains, composite types, functions, then each table with all that hangs on it, everything by name. */
export async function readSchema(db: Executor): Promise<string> {
  await refuseTheUnknown(db);
  const domains = await select(db, domainsQuery);
  const composites = await select(db, compositesQuery);
  const functions = await select(db, functionsQuery);
  const relations = await db.select<Relation>(tablesQuery, []);
  const parts = await readParts(db);
  const tables = relations.map(({ name, options, partitions }) => {
    const of = (kind: string): string[] =>
      parts.filter((part) => part.kind === kind && part.relation === name).map(({ text }) => text);
    const lines = [...of('column'), ...of('constraint')]
      .map((text) => `  ${folded(text, '    ')}`)
      .join(',\n');
    const storage = options === null ? '' : ` WITH (${options})`;
    return [
      `-- ${name}\n`,
      ...of('sequence'),
      `CREATE TABLE countersign.${name} (\n${lines}\n)${partitions ?? ''}${storage};`,
      ...of('ownership'),
      ...[...of('index'), ...of('trigger'), ...of('comment')].map((text) => folded(text, '  ')),
    ].join('\n');
  });
  const types = ['-- Domains', domains.join('\n'), '-- Composite types', ...composites];
  return `${[header, ...types, '-- Functions', ...functions, ...tables].join('\n\n')}\n`;
}

interface Relation {
  readonly name: string;
  readonly options: string | null;
  /** By what it is partitioned; the partitions themselves are made while it runs. */
  readonly partitions: string | null;
}

interface Part {
  readonly kind: string;
  readonly relation: string;
  readonly text: string;
}

async function readParts(db: Executor): Promise<Part[]> {
  const parts: Part[] = [];
  for (const query of partQueries) parts.push(...(await db.select<Part>(query, [])));
  return parts;
}

async function select(db: Executor, query: string): Promise<string[]> {
  return (await db.select<{ text: string }>(query, [])).map(({ text }) => text);
}

async function refuseTheUnknown(db: Executor): Promise<void> {
  const unknown = await select(db, unknownQuery);
  if (unknown.length > 0) throw new Error(`schema.sql cannot show: ${unknown.join(', ')}`);
}

const widthMax = 110;

/** The statement on lines a screen can show, broken before the words that begin a part of it. */
function folded(text: string, margin: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const own = line.slice(0, line.length - line.trimStart().length);
    return phrasesOf(line).reduce<string[]>((made, phrase) => {
      const last = made.at(-1);
      if (last === undefined) return [own + phrase];
      if (last.length + phrase.length < widthMax) return [...made.slice(0, -1), `${last} ${phrase}`];
      return [...made, `${own}  ${phrase}`];
    }, []);
  });
  return lines.join(`\n${margin}`);
}

/** Its words, by the phrase: a literal is one word, and a new phrase begins with it, after a comma, with `AND` … */
function phrasesOf(line: string): string[] {
  const words = line.match(/(?:'(?:[^']|'')*'|[^\s'])+/g) ?? [];
  return words.reduce<string[]>((phrases, word) => {
    const last = phrases.at(-1);
    const begins = /^(AND|OR|ON|FOR|USING|WHEN|WHERE|EXECUTE|')/.test(word) || last?.endsWith(',');
    return last === undefined || begins ? [...phrases, word] : [...phrases.slice(0, -1), `${last} ${word}`];
  }, []);
}

const inSchema = `'countersign'::regnamespace`;

const domainsQuery = /* sql */ `
SELECT format('CREATE DOMAIN %s AS %s %s;', t.oid::regtype, format_type(typbasetype, typtypmod),
  string_agg(format('CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid, true)), ' ' ORDER BY conname)) AS text
FROM pg_type t JOIN pg_constraint k ON k.contypid = t.oid
WHERE typnamespace = ${inSchema} AND typtype = 'd' AND typdefault IS NULL AND NOT typnotnull GROUP BY t.oid ORDER BY typname`;

/** Those that are no table's row. */
const compositesQuery = /* sql */ `
SELECT format(E'CREATE TYPE %s AS (\\n%s\\n);', t.oid::regtype,
    (SELECT string_agg(format('  %I %s', attname, format_type(atttypid, atttypmod)), E',\\n' ORDER BY attnum)
     FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped))
    || coalesce(E'\\nCOMMENT ON TYPE ' || t.oid::regtype || ' IS ' || quote_literal(obj_description(t.oid, 'pg_type')) || ';', '')
    AS text
FROM pg_type t JOIN pg_class c ON c.oid = typrelid WHERE typnamespace = ${inSchema} AND relkind = 'c' ORDER BY typname`;

/** An access list that has no entry of PUBLIC's (0): it has lost what every function gives at first. */
const functionsQuery = /* sql */ `
SELECT replace(rtrim(pg_get_functiondef(oid), E'\\n'), 'CREATE OR REPLACE', 'CREATE') || ';'
    || CASE WHEN proacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)
      THEN E'\\nREVOKE ALL ON FUNCTION ' || oid::regprocedure || ' FROM PUBLIC;' ELSE '' END
    || coalesce(E'\\nCOMMENT ON FUNCTION ' || oid::regprocedure || ' IS ' || quote_literal(obj_description(oid, 'pg_proc')) || ';', '')
    AS text
FROM pg_proc WHERE pronamespace = ${inSchema} ORDER BY proname, pg_get_function_identity_arguments(oid)`;

const tablesQuery = /* sql */ `
SELECT relname AS name, array_to_string(reloptions, ', ') AS options, ' PARTITION BY ' || pg_get_partkeydef(oid) AS partitions
FROM pg_class WHERE relnamespace = ${inSchema} AND relkind IN ('r', 'p') ORDER BY relname`;

/** Primary keys, then what is unique, then what is checked. */
const partQueries = [
  /* sql */ `
SELECT 'column' AS kind, relname AS relation, concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
    'DEFAULT ' || pg_get_expr(adbin, adrelid, true), CASE WHEN attnotnull THEN 'NOT NULL' END) AS text
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = ${inSchema} AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped ORDER BY relname, attnum`,
  /* sql */ `
SELECT 'constraint' AS kind, relname AS relation, format('CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid, true)) AS text
FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE relnamespace = ${inSchema} AND contype <> 'n'
ORDER BY relname, position(contype::text IN 'puxfc'), conname`,
  /* sql */ `
SELECT 'index' AS kind, t.relname AS relation, pg_get_indexdef(i.indexrelid) || ';' AS text
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid
WHERE t.relnamespace = ${inSchema} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY t.relname, n.relname`,
  /* sql */ `
SELECT 'trigger' AS kind, relname AS relation, pg_get_triggerdef(t.oid, true) || ';' AS text
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = ${inSchema} AND NOT tgisinternal
ORDER BY relname, tgname`,
  /* sql */ `
SELECT 'comment' AS kind, relname AS relation, format('COMMENT ON %s IS %L;',
    CASE objsubid WHEN 0 THEN 'TABLE ' || c.oid::regclass ELSE format('COLUMN %s.%I', c.oid::regclass, attname) END, description) AS text
FROM pg_description JOIN pg_class c ON c.oid = objoid LEFT JOIN pg_attribute ON attrelid = c.oid AND attnum = objsubid
WHERE classoid = 'pg_class'::regclass AND relnamespace = ${inSchema} AND relkind IN ('r', 'p') ORDER BY relname, objsubid`,
  ...ownedSequences(),
];

/** Those of \`serial\` columns: made before their table, given to it after. */
function ownedSequences(): string[] {
  const rows = (kind: string, text: string): string => /* sql */ `
SELECT '${kind}' AS kind, t.relname AS relation, ${text} AS text
FROM pg_class s JOIN pg_sequence ON seqrelid = s.oid
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relnamespace = ${inSchema} ORDER BY s.relname`;
  return [
    rows('sequence', `format('CREATE SEQUENCE %s AS %s;', s.oid::regclass, format_type(seqtypid, NULL))`),
    rows(
      'ownership',
      `format('ALTER SEQUENCE %s OWNED BY %s.%I;', s.oid::regclass, t.oid::regclass, attname)`,
    ),
  ];
}

/** Whatever the queries above would pass over. */
const unknownQuery = /* sql */ `
SELECT format('the relation %s of kind %s', relname, relkind) AS text FROM pg_class
WHERE relnamespace = ${inSchema} AND relkind NOT IN ('r', 'i', 'S', 'c', 'p', 'I')
UNION ALL
SELECT format('the privileges of %s on %s', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, f.oid::regprocedure)
FROM pg_proc f, aclexplode(proacl) WHERE pronamespace = ${inSchema} AND grantee NOT IN (0, proowner)
UNION ALL
SELECT format('the privileges of the type %s', typname) FROM pg_type WHERE typnamespace = ${inSchema} AND typacl IS NOT NULL
UNION ALL
SELECT format('the sequence %s without a column', relname) FROM pg_class s WHERE relnamespace = ${inSchema} AND relkind = 'S'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'a')
UNION ALL
SELECT format('the type %s', typname) FROM pg_type t WHERE typnamespace = ${inSchema} AND (typtype IN ('e', 'r', 'm')
  OR typtype = 'd' AND (typdefault IS NOT NULL OR typnotnull OR NOT EXISTS (SELECT FROM pg_constraint WHERE contypid = t.oid)))
UNION ALL
SELECT format('the column %s.%I: identity, generated or inherited', attrelid::regclass, attname)
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = ${inSchema} AND relkind IN ('r', 'p') AND (attidentity <> '' OR attgenerated <> '' OR attinhcount > 0)
UNION ALL
SELECT format('the table %s: privileges, row security, rules, or not an ordinary logged table', c.oid::regclass) FROM pg_class c
WHERE relnamespace = ${inSchema} AND relkind IN ('r', 'p') AND (relrowsecurity OR relhasrules OR relpersistence <> 'p' OR relacl IS NOT NULL)
UNION ALL
SELECT format('the trigger %s, which is off', tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE relnamespace = ${inSchema} AND NOT tgisinternal AND tgenabled <> 'O'`;
