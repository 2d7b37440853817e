import { jsonSchemaOf, type JsonSchema } from '../generate-docs/json-schema.ts';
import { operationComment } from '../generate-docs/operation-comment.ts';
import { procedureExamples } from '../generate-docs/procedure-examples.ts';
import { knownMethods } from '../known-methods.ts';
import { routerProcedures, type RouterProcedure } from '../router-procedures.ts';
import { docComment } from './doc-comment.ts';
import { pascalCase } from './names.ts';
import type { Direction } from './type-text.ts';

/** A procedure in the words of the client. */
export interface DescribedProcedure extends Pick<RouterProcedure, 'path' | 'group' | 'verb' | 'type'> {
  readonly comment: string;
  /** The interface of its input. */
  readonly inputName: string;
  readonly input: JsonSchema;
  /** Whether it can be called without one. */
  readonly inputIsOptional: boolean;
  /** What it answers, or what its stream yields: a named schema, or a name made for it. */
  readonly outputName: string;
  readonly output: JsonSchema;
  /** Carries a proof: a batch may hold it as its first call only, so it travels alone. */
  readonly takesProof: boolean;
}

/** Every procedure, in the order of the router. */
export const describedProcedures: readonly DescribedProcedure[] = routerProcedures().map(describeProcedure);

function describeProcedure(procedure: RouterProcedure): DescribedProcedure {
  const { path, group, verb, type } = procedure;
  const input = naming(path, () => jsonSchemaOf(procedure.input, 'input'));
  const output = naming(path, () => jsonSchemaOf(procedure.output, 'output'));
  const name = pascalCase(path);
  const { description, refusals } = operationComment(path);
  const { note = '' } = procedureExamples[path] ?? {};
  return {
    path,
    group,
    verb,
    type,
    comment: docComment([
      description,
      note,
      refusals === '' ? '' : `@throws CountersignError ${inProcedures(refusals)}`,
    ]),
    inputName: `${name}Input`,
    input,
    inputIsOptional: input.default !== undefined,
    outputName:
      output.$ref?.replace('#/$defs/', '') ?? (type === 'subscription' ? `${name}Event` : `${name}Output`),
    output,
    takesProof:
      procedure.standsFirst ||
      Object.values(input.properties ?? {}).some(({ $ref }) => $ref === '#/$defs/Proof'),
  };
}

/** Whatever goes wrong in it is about this procedure. */
function naming<Made>(path: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** "as `checkAuthorizationRequest`" of a comment in core, by the procedure's name. */
function inProcedures(refusals: string): string {
  return refusals.replaceAll(/`([a-z]+)AuthorizationRequest`/g, '`authorizationRequest.$1`');
}

/** A schema that has a name, which it keeps wherever it is mentioned. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly direction: Direction;
}

/** The named schemas that the procedures and the proofs mention at any depth, in the order of their first mention. */
export const namedSchemas: ReadonlyMap<string, NamedSchema> = namedIn(describedProcedures);

function namedIn(procedures: readonly DescribedProcedure[]): Map<string, NamedSchema> {
  const named = new Map<string, NamedSchema>();
  const add = (path: string, direction: Direction, { $defs = {} }: JsonSchema): void => {
    for (const [name, schema] of Object.entries($defs)) {
      const known = named.get(name) ?? { name, schema, direction };
      if (JSON.stringify(known.schema) !== JSON.stringify(schema))
        throw new Error(`${path}: two schemas are called ${name}`);
      // A list is readonly on the way in, so that one with a list would need two types.
      if (known.direction !== direction && JSON.stringify(schema).includes('"items"'))
        throw new Error(`${path}: ${name} holds a list, goes in and comes out: give each way its own name`);
      named.set(name, known);
    }
  };
  for (const { path, input, output } of procedures) {
    add(path, 'input', input);
    add(path, 'output', output);
  }
  for (const { key, proof } of knownMethods) add(`a proof by ${key}`, 'input', jsonSchemaOf(proof, 'input'));
  return named;
}
