import { eventTypes } from '../../packages/core/src/event/catalog.ts';
import type { JsonSchema } from './json-schema.ts';
import { code, listed } from './markdown.ts';

const anyJson = 'any JSON value';

/** What a value is, in words: "text of 1 to 200 characters", "list of at most 12, each [Fact](#fact)", "Date or null". */
export function describeType(schema: JsonSchema): string {
  return [plainType(schema), ...(schema.rules ?? [])].join('; ');
}

function plainType(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  if (schema.isDate) return 'Date';
  if (schema.const !== undefined) return code(String(schema.const));
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 1) return listed(alternatives.map(describeType), 'or');
  if (schema.enum !== undefined) return '[event type](events.md)';
  switch (schema.type) {
    case 'string':
      return textType(schema);
    case 'integer':
      return ['whole number', ...range(schema.minimum, schema.maximum)].join(', ');
    case 'number':
      return ['number', ...range(schema.minimum, schema.maximum)].join(', ');
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return listType(schema);
    case 'object':
      return objectType(schema);
    case undefined:
      return anyJson;
    default:
      throw new Error(`no words for the type ${String(schema.type)}`);
  }
}

/** `enum`, `anyOf`, `oneOf`, and `type: ['string', 'null']`, all in the same form, one level deep. */
function alternativesOf({ type, anyOf, oneOf, enum: values, ...rest }: JsonSchema): readonly JsonSchema[] {
  if (Array.isArray(type))
    return (type as string[]).map((each) => (each === 'null' ? { type: each } : { ...rest, type: each }));
  if (values !== undefined && !isEventType(values)) return values.map((value) => ({ const: value }));
  return (anyOf ?? oneOf ?? []).flatMap((each) => {
    const inner = alternativesOf(each);
    return inner.length > 0 ? inner : [each];
  });
}

function isEventType(values: readonly unknown[]): boolean {
  return values.length === eventTypes.length && eventTypes.every((type) => values.includes(type));
}

function linkTo(reference: string): string {
  const name = reference.replace('#/$defs/', '');
  return name.startsWith('__') ? anyJson : `[${name}](#${name.toLowerCase()})`;
}

function textType({ prefix, format, pattern, minLength, maxLength }: JsonSchema): string {
  if (prefix !== undefined) return `text beginning with ${code(prefix)}`;
  if (format === 'date-time') return 'time as ISO 8601 text';
  if (format !== undefined) throw new Error(`no words for the format ${format}`);
  if (pattern !== undefined) return `text like ${code(pattern)}`;
  return ['text', ...range(minLength, maxLength).map((bounds) => `${bounds} characters`)].join(' of ');
}

function listType({ items = {}, minItems, maxItems }: JsonSchema): string {
  const [bounds] = range(minItems, maxItems);
  return bounds === undefined
    ? `list of ${describeType(items)}`
    : `list of ${bounds}, each ${describeType(items)}`;
}

function objectType({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${code(required.includes(name) ? name : `${name}?`)}: ${describeType(field)}`,
  );
  return fields.length === 0 ? 'object' : `{ ${fields.join(', ')} }`;
}

/** "1 to 200", "at most 12", or nothing: zod bounds whole numbers by what a number can hold. */
function range(minimum = 0, maximum = Number.MAX_SAFE_INTEGER): string[] {
  const [low, high] = [minimum, maximum].map((bound) => bound.toLocaleString('en-US'));
  const isLow = minimum > 0;
  const isHigh = maximum < Number.MAX_SAFE_INTEGER;
  if (isLow && isHigh) return [`${low} to ${high}`];
  if (isHigh) return [`at most ${high}`];
  return isLow ? [`at least ${low}`] : [];
}
