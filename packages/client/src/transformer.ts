import { SuperJSON } from 'superjson';

/** What writes values to the wire and reads them: superjson, devalue, anything with these two functions. */
export interface Transformer {
  serialize(value: unknown): unknown;
  deserialize(value: unknown): unknown;
}

/** One transformer, or one a direction, as tRPC takes them. `null` is plain JSON. */
export type TransformerOption =
  | Transformer
  | { readonly input: Transformer; readonly output: Transformer }
  | null;

export interface Wire {
  readonly input: Transformer;
  readonly output: Transformer;
}

const plain: Transformer = { serialize: (value) => value, deserialize: (value) => value };

/** Absent means superjson, which is what the Countersign server speaks. */
export function wireOf(option: TransformerOption | undefined): Wire {
  if (option === null) return { input: plain, output: plain };
  if (option === undefined) return { input: ours, output: ours };
  return 'input' in option ? option : { input: option, output: option };
}

/** Ours alone: what a host registers on superjson's own instance changes nothing here. */
const superjson = new SuperJSON();
const ours: Transformer = {
  serialize: (value) => superjson.serialize(value),
  deserialize(value) {
    if (typeof value === 'object' && value !== null && 'json' in value)
      return superjson.deserialize(value as Parameters<SuperJSON['deserialize']>[0]);
    throw new TypeError('the server does not speak superjson; name its `transformer`');
  },
};
