import { describeType } from './describe-type.ts';
import type { JsonSchema } from './json-schema.ts';
import { code, table } from './markdown.ts';

interface Field {
  /** As TypeScript writes it: `title?`, `deliverTo.channel`. */
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

/** The fields of an object, those of the objects in it included, each as one row. */
export function fieldsOf({ properties = {}, required = [] }: JsonSchema, within = ''): Field[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = within + key + (required.includes(key) ? '' : '?');
    const inner = schema.type === 'object' ? fieldsOf(schema, `${within}${key}.`) : [];
    const type = inner.length > 0 ? 'object' : describeType(schema);
    return [{ name, type, meaning: schema.description ?? '' }, ...inner];
  });
}

/** A table of fields, with their meaning where a schema says it. */
export function fieldTable(schema: JsonSchema): string {
  const fields = fieldsOf(schema);
  if (fields.length === 0) return 'No fields.';
  if (fields.every(({ meaning }) => meaning === '')) {
    return table(
      ['field', 'what'],
      fields.map(({ name, type }) => [code(name), type]),
    );
  }
  return table(
    ['field', 'what', 'meaning'],
    fields.map(({ name, type, meaning }) => [code(name), type, meaning]),
  );
}

/** One table; of a choice between objects one for each. */
export function fieldTables({ anyOf = [], ...schema }: JsonSchema): string[] {
  if (anyOf.length === 0) return [fieldTable(schema)];
  return anyOf.flatMap((each, at) => [at === 0 ? 'Either:' : 'Or:', fieldTable(each)]);
}
