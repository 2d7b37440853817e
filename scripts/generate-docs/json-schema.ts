import type { Operation } from '../../packages/core/src/operation/define.ts';
import { text } from '../../packages/core/src/schema.ts';

/** What of JSON Schema our schemas come to, with three annotations that it has no word for. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: string | number | boolean | null;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  /** A Date in the program; superjson carries it. */
  readonly isDate?: true;
  /** The text begins with this. */
  readonly prefix?: string;
  /** Conditions in words: what `refine` says when they are not met. */
  readonly rules?: readonly string[];
}

/** Any zod schema. Its type comes by way of core, which is where zod is installed. */
export type Schema = Operation['data'];

export function jsonSchemaOf(schema: Schema, io: 'input' | 'output'): JsonSchema {
  const made = schema.toJSONSchema({
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      const { def } = zodSchema._zod;
      if (wordless.has(def.type)) throw new Error(`no words for a ${def.type} at ${path.join('.')}`);
      const rules = rulesOf(def).filter((rule) => !rulesOfEveryText.includes(rule));
      if (rules.length > 0) Object.assign(jsonSchema, { rules });
      if (def.type === 'date') Object.assign(jsonSchema, { isDate: true });
      if (def.type !== 'template_literal') return;
      const [prefix] = def.parts;
      if (typeof prefix !== 'string') throw new Error('no words for a template that begins with a type');
      Object.assign(jsonSchema, { prefix });
    },
  });
  return made as JsonSchema;
}

/** What JSON cannot carry and nothing here describes; a date is one too, and is described. */
const wordless = new Set([
  'bigint',
  'custom',
  'file',
  'function',
  'map',
  'nan',
  'promise',
  'set',
  'symbol',
  'transform',
  'undefined',
  'void',
]);

/** The object behind a reference, where a schema is nothing else. */
export function resolved(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  return (name === undefined ? undefined : schema.$defs?.[name]) ?? schema;
}

interface Definition {
  readonly checks?: readonly { readonly _zod: { readonly def: object } }[] | undefined;
}

function rulesOf({ checks = [] }: Definition): string[] {
  return checks.flatMap(({ _zod: { def } }) => {
    const { check, error } = def as { check?: string; error?: (issue: object) => unknown };
    return check === 'custom' && error !== undefined ? [String(error({}))] : [];
  });
}

/** Said once and not at every field. */
export const rulesOfEveryText: readonly string[] = rulesOf(text(0, 1)._zod.def);
