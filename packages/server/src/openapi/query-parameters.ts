import { z } from 'zod';

/** What a parameter of a query string becomes: text has no types of its own. */
export type ParameterShape =
  | { readonly kind: 'text' | 'number' | 'boolean' }
  | { readonly kind: 'list'; readonly of: ParameterShape }
  | { readonly kind: 'object'; readonly fields: QueryParameters };

export type QueryParameters = ReadonlyMap<string, ParameterShape>;

/** As much of JSON Schema as our inputs come to. */
interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/**
 * The parameters of an input: what its schema says of each field decides what a text is read as. A field that is none
 * of these stays text, and the schema refuses it.
 */
export function parametersOf(input: z.ZodType): QueryParameters {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return fieldsOf(schema, schema.$defs ?? {});
}

type Definitions = Readonly<Record<string, JsonSchema>>;

function fieldsOf({ properties = {} }: JsonSchema, definitions: Definitions): QueryParameters {
  return new Map(Object.entries(properties).map(([name, field]) => [name, shapeOf(field, definitions)]));
}

function shapeOf(schema: JsonSchema, definitions: Definitions): ParameterShape {
  const { $ref = '', type } = schema;
  const named = definitions[$ref.replace('#/$defs/', '')];
  if (named !== undefined) return shapeOf(named, definitions);
  if (type === 'integer' || type === 'number') return { kind: 'number' };
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'array') return { kind: 'list', of: shapeOf(schema.items ?? {}, definitions) };
  if (type === 'object') return { kind: 'object', fields: fieldsOf(schema, definitions) };
  return { kind: 'text' };
}
