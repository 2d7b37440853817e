import { knownMethods } from '../known-methods.ts';
import { jsonSchemaOf, resolved, type JsonSchema } from '../generate-docs/json-schema.ts';
import { describedProcedures, namedSchemas, type NamedSchema } from './described-procedures.ts';
import { docComment } from './doc-comment.ts';
import { eventTypesText } from './event-types.ts';
import { namedChoices } from './names.ts';
import { sourceText } from './source-text.ts';
import { objectText, typeText, type Direction } from './type-text.ts';

/** packages/client/src/generated/schema.ts: every named schema, every input and every output as a type. */
export async function schemaFile(): Promise<string> {
  const inputs = describedProcedures.map(({ path, inputName, input }) =>
    declaration(inputName, resolved(input), 'input', `What \`${path}\` takes.`),
  );
  const outputs = describedProcedures
    .filter(({ output }) => output.$ref === undefined)
    .map(({ path, type, outputName, output }) =>
      declaration(
        outputName,
        output,
        'output',
        `What \`${path}\` ${type === 'subscription' ? 'yields' : 'answers'}.`,
      ),
    );
  return await sourceText('schema.ts', [
    ...namedChoices.map(
      ({ name, doc, values }) =>
        `${docComment([doc])}export type ${name} = ${values.map((value) => `'${value}'`).join(' | ')};`,
    ),
    ...[...namedSchemas.values()].flatMap(namedText),
    ...inputs,
    ...outputs,
  ]);
}

function namedText({ name, schema, direction }: NamedSchema): string[] {
  if (name === 'Event') return eventTypesText(schema);
  if (name === 'Proof') return [proofText(schema)];
  return [declaration(name, schema, direction, schema.description ?? '')];
}

function declaration(name: string, schema: JsonSchema, direction: Direction, comment: string): string {
  const text =
    schema.type === 'object' && Object.keys(schema.properties ?? {}).length > 0
      ? `interface ${name} ${objectText(schema, direction, name)}`
      : `type ${name} = ${typeText(schema, direction, name)};`;
  return `${docComment([comment])}export ${text}`;
}

/** The proofs that come with Countersign, for completion, and whatever a method of one's own takes. */
function proofText(any: JsonSchema): string {
  const known = knownMethods.map(({ proof }) => typeText(jsonSchemaOf(proof, 'input'), 'input', 'Proof'));
  return `${docComment(['What proves; told apart by its method. A method of your own has a shape of its own.'])}export type Proof = ${[...known, objectText(any, 'input', 'Proof')].join(' | ')};`;
}
