import { describeType } from '../generate-docs/describe-type.ts';
import type { JsonSchema } from '../generate-docs/json-schema.ts';
import { docComment, sentence } from './doc-comment.ts';
import { nameOfChoice } from './names.ts';

/**
 * An input takes a list that its caller may not change; an answer is the caller's own. So a list is
 * `readonly` in an input only, and whatever a program has at hand fits.
 */
export type Direction = 'input' | 'output';

/** A schema as TypeScript writes it. `at` names the place, for the message when there is no type for it. */
export function typeText(schema: JsonSchema, direction: Direction, at: string): string {
  if (schema.$ref !== undefined) return referredName(schema.$ref, at);
  if (schema.isDate) return 'Date';
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return nameOfChoice(schema.enum) ?? union(schema.enum.map(literal));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return union(alternatives.map((each) => typeText(each, direction, at)));
  if (Array.isArray(schema.type)) {
    const types = schema.type as readonly string[];
    return union(types.map((type) => typeText({ ...schema, type }, direction, at)));
  }
  switch (schema.type) {
    case 'string':
      return schema.prefix === undefined ? 'string' : `\`${schema.prefix}\${string}\``;
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return listText(schema.items ?? {}, direction, `${at}[]`);
    case 'object':
      return objectText(schema, direction, at);
    case undefined:
      if (isAnything(schema)) return 'unknown';
      break;
    default:
  }
  throw new Error(`${at}: no TypeScript for ${JSON.stringify(schema)}`);
}

/** The members of an object, each with its comment, between braces. */
export function objectText(schema: JsonSchema, direction: Direction, at: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const members = Object.entries(properties).map(([key, member]) => {
    const type = typeText(member, direction, `${at}.${key}`);
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
    const field = required.includes(key) ? `${name}: ${type}` : `${name}?: ${optional(type)}`;
    return `${docComment([commentOf(member)])}${field};`;
  });
  // Whether unknown keys are refused (inputs) or ignored (answers), TypeScript writes it alike.
  if (typeof additionalProperties === 'object') {
    members.push(`[key: string]: ${typeText(additionalProperties, direction, `${at}[key]`)};`);
  }
  return members.length === 0 ? 'Record<string, never>' : `{\n${members.join('\n')}\n}`;
}

/** What a field means, and what limits it. */
function commentOf(schema: JsonSchema): string {
  const limits = isLimited(schema) ? sentence(withoutLinks(describeType(schema))) : '';
  return [schema.description ?? '', limits].filter((part) => part !== '').join(' ');
}

/** With `undefined`, so that a caller under `exactOptionalPropertyTypes` may pass on what it does not have. */
function optional(type: string): string {
  return type === 'unknown' ? type : `${type} | undefined`;
}

function listText(items: JsonSchema, direction: Direction, at: string): string {
  const text = typeText(items, direction, at);
  const element = /^[\w$]+$/.test(text) || (text.startsWith('{') && !text.includes('|')) ? text : `(${text})`;
  return direction === 'input' ? `readonly ${element}[]` : `${element}[]`;
}

function referredName(reference: string, at: string): string {
  const name = reference.replace('#/$defs/', '');
  if (!/^[A-Z]/.test(name)) throw new Error(`${at}: a schema that is used twice there needs a name`);
  return name;
}

function literal(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

/** Nothing is said about the value but what it means. */
function isAnything({ description: _, rules: __, ...rest }: JsonSchema): boolean {
  return Object.keys(rest).length === 0;
}

/** Whether there is more to say than the type does, itself or its items; objects tell of their own members. */
function isLimited(schema: JsonSchema): boolean {
  const bounds = [schema.minLength, schema.maxLength, schema.minItems, schema.maxItems, schema.pattern];
  const said = bounds.some((bound) => bound !== undefined) && schema.prefix === undefined;
  const inner = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return (
    said ||
    schema.type === 'integer' ||
    schema.format === 'date-time' ||
    inner.some((each) => isLimited(each))
  );
}

function withoutLinks(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\(#[^)]*\)/g, '{@link $1}').replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}
