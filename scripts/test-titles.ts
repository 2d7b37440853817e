import { parseSync } from 'oxc-parser';

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/**
 * The titles of the tests in a file, with those of the `describe` around them: "a resend › refills no
 * attempts". What a title is made of at run time reads as `…`; `%s` stays. A title that is only a variable is
 * none: nobody could look it up.
 */
export function listTestTitles(path: string, text: string): string[] {
  return titlesIn(parseSync(path, text).program, []);
}

function titlesIn(value: unknown, around: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => titlesIn(item, around));
  if (!isNode(value)) return [];
  const inside = (prefix: readonly string[]): string[] =>
    Object.values(value).flatMap((child) => titlesIn(child, prefix));
  const name = value.type === 'CallExpression' ? rootName(value['callee']) : undefined;
  const title = titleOf(value['arguments']);
  if (title === undefined) return inside(around);
  if (name === 'describe') return inside([...around, title]);
  if (name === 'it' || name === 'test') return [[...around, title].join(' › '), ...inside(around)];
  return inside(around);
}

const modifiers = new Set(['each', 'for', 'only', 'concurrent', 'sequential', 'skipIf', 'runIf', 'fails']);

/** `it` of `it(…)`, `it.each(…)(…)` and `it.skipIf(…)(…)`; what never runs, `it.skip` and `it.todo`, is no test. */
function rootName(callee: unknown): string | undefined {
  if (!isNode(callee)) return undefined;
  if (callee.type === 'Identifier') return String(callee['name']);
  if (callee.type === 'CallExpression') return rootName(callee['callee']);
  const property = isNode(callee['property']) ? String(callee['property']['name']) : '';
  return modifiers.has(property) ? rootName(callee['object']) : undefined;
}

function titleOf(args: unknown): string | undefined {
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  if (!isNode(first)) return undefined;
  if (first.type === 'Literal') return typeof first['value'] === 'string' ? first['value'] : undefined;
  if (first.type !== 'TemplateLiteral') return undefined;
  const quasis = first['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return quasis.map(({ value }) => value.cooked).join('…');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}
