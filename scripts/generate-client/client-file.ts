import { describedProcedures, type DescribedProcedure } from './described-procedures.ts';
import { pascalCase } from './names.ts';
import { importTypes, sourceText } from './source-text.ts';

const declared = `/** What every call takes beside its input. */
export interface CallOptions {
  /** Ends the wait. A mutation that has left may still take effect. */
  readonly signal?: AbortSignal | undefined;
}`;

/** packages/client/src/generated/client.ts: the procedures as methods. */
export async function clientFile(): Promise<string> {
  const groups = Map.groupBy(describedProcedures, ({ group }) => group);
  const interfaces = [...groups].map(
    ([group, members]) =>
      `/** \`client.${group}\` */\nexport interface ${nameOf(group)} {\n${members.map(methodText).join('\n\n')}\n}`,
  );
  const fields = [...groups.keys()].map((group) => `readonly ${group}: ${nameOf(group)};`);
  return await sourceText('client.ts', [
    ...importTypes(
      describedProcedures.flatMap(({ inputName, outputName }) => [inputName, outputName]),
      './schema.ts',
    ),
    declared,
    ...interfaces,
    `/** Every procedure, as a method. */\nexport interface CountersignProcedures {\n${fields.join('\n')}\n}`,
  ]);
}

function nameOf(group: string): string {
  return `${pascalCase(group)}Procedures`;
}

function methodText({
  comment,
  verb,
  type,
  inputName,
  inputIsOptional,
  outputName,
}: DescribedProcedure): string {
  const answer = type === 'subscription' ? `AsyncIterable<${outputName}>` : `Promise<${outputName}>`;
  const input = inputIsOptional ? `input?: ${inputName}` : `input: ${inputName}`;
  return `${comment}${verb}(${input}, options?: CallOptions): ${answer};`;
}
