import type { ParameterShape, QueryParameters } from './query-parameters.ts';

/** As JSON writes a number, so that it is the number that was meant: no blanks, no `0x10`, nothing at all is not 0. */
const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** `relatedObject[type]`: OpenAPI's style `deepObject`. */
const fieldPattern = /^([^[\]]+)\[([^[\]]+)\]$/;

/**
 * The input that a query string says. Nothing is guessed and nothing dropped: a name that is not known, a value given
 * twice where one is asked for and a text that is no number all reach the schema as they came, which refuses them.
 * Made of own properties, whatever they are called.
 */
export function readQuery(
  search: Iterable<[string, string]>,
  parameters: QueryParameters,
): Readonly<Record<string, unknown>> {
  const given = new Map<string, unknown>();
  const objects = new Map<string, [string, string][]>();
  for (const [name, pairs] of Map.groupBy(search, ([key]) => key)) {
    const [, object = '', field = ''] = fieldPattern.exec(name) ?? [];
    if (parameters.get(object)?.kind === 'object') {
      const fields = objects.get(object) ?? [];
      fields.push(...pairs.map(([, value]): [string, string] => [field, value]));
      objects.set(object, fields);
    } else {
      const texts = pairs.map(([, value]) => value);
      given.set(name, valueOf(texts, parameters.get(name) ?? { kind: 'text' }));
    }
  }
  for (const [name, pairs] of objects) {
    const shape = parameters.get(name);
    // Beside its fields it was given as a whole: two answers to one question.
    const whole = given.has(name) ? [given.get(name)] : [];
    if (shape?.kind === 'object') given.set(name, whole.length > 0 ? whole : readQuery(pairs, shape.fields));
  }
  return Object.fromEntries(given);
}

function valueOf(texts: readonly string[], shape: ParameterShape): unknown {
  if (shape.kind === 'list') return texts.map((text) => scalarOf(text, shape.of));
  const [text = '', ...more] = texts;
  return more.length > 0 ? texts : scalarOf(text, shape);
}

function scalarOf(text: string, { kind }: ParameterShape): unknown {
  if (kind === 'number' && numberPattern.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
