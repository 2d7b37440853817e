import { SuperJSON } from 'superjson';
import { refuseInput } from '../error/refuse-input.ts';
import { assertHarmless } from './harmless.ts';
import { pathExists } from './superjson-path.ts';

/** Ours alone: what a host registers on superjson's own instance changes nothing here. */
const superjson = new SuperJSON();

/**
 * superjson, with what it may do to an input cut down to what an input needs.
 *
 * Our inputs are JSON. superjson on its own would also build maps, regular expressions, typed arrays of
 * any size (`["typed-array", "Float64Array"]` over the number 1e9 takes 8 GB) and graphs that share or
 * contain themselves, all from a body of 100 bytes. Here the only annotation is `undefined`, which an
 * ordinary client sends for `{ sessionId: undefined }`; everything else is refused before it is built.
 */
export const transformer = {
  input: { serialize: (value: unknown) => superjson.serialize(value), deserialize: deserializeInput },
  output: {
    serialize: (value: unknown) => superjson.serialize(value),
    deserialize: (value: Parameters<SuperJSON['deserialize']>[0]): unknown => superjson.deserialize(value),
  },
};

function deserializeInput(payload: unknown): unknown {
  if (!isRecord(payload)) throw refuseInput('must be { "json": …, "meta"?: … } as superjson writes it');
  const { json, meta, ...others } = payload;
  if (Object.keys(others).length > 0 || (meta !== undefined && !isRecord(meta))) {
    throw refuseInput('must be { "json": …, "meta"?: … } as superjson writes it');
  }
  if (meta === undefined) return json;
  assertHarmless(meta);
  assertEqualitiesAreCopies(json, meta['referentialEqualities']);
  const { values } = meta;
  if (values === undefined) return json;
  assertOnlyUndefined(values);
  return superjson.deserialize(
    { json: json as never, meta: { values: values as never, v: 1 } },
    { inPlace: true },
  );
}

/** A leaf of superjson's annotation tree is `[type]`, or `[type, children]` for a type that contains. */
function assertOnlyUndefined(tree: unknown): void {
  if (Array.isArray(tree)) {
    if (tree.length === 1 && tree[0] === 'undefined') return;
  } else if (isRecord(tree)) {
    for (const branch of Object.values(tree)) assertOnlyUndefined(branch);
    return;
  }
  throw refuseInput('must be JSON: no dates, bigints, maps or other classes');
}

/**
 * superjson says where the same object stood twice, and repeats it in both places: then there is nothing
 * to do. With its option `dedupe` the second place is null, and guessing would change what is authorized.
 */
function assertEqualitiesAreCopies(json: unknown, equalities: unknown): void {
  for (const path of textsOf(equalities)) {
    if (!pathExists(json, path))
      throw refuseInput('must repeat equal objects: superjson without its option "dedupe"');
  }
}

function* textsOf(tree: unknown): Generator<string> {
  if (typeof tree === 'string') yield tree;
  else if (Array.isArray(tree)) for (const branch of tree) yield* textsOf(branch);
  else if (isRecord(tree)) for (const branch of Object.values(tree)) yield* textsOf(branch);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
