import { describedProcedures, type DescribedProcedure } from './described-procedures.ts';
import { importTypes, sourceText } from './source-text.ts';

const kinds = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
} as const satisfies Record<DescribedProcedure['type'], string>;

const definition = `interface Definition<Input, Output> {
  input: Input;
  output: Output;
  meta: object;
  errorShape: CountersignErrorShape;
}`;

/** packages/client/src/generated/router.ts: the router's type, written out. */
export async function routerFile(): Promise<string> {
  const groups = Map.groupBy(describedProcedures, ({ group }) => group);
  const record = [...groups].map(
    ([group, members]) => `${group}: {\n${members.map(procedureText).join('\n')}\n};`,
  );
  const wrappers = [...new Set(describedProcedures.map(({ type }) => kinds[type]))].sort();
  return await sourceText('router.ts', [
    [
      `import type { TRPCBuiltRouter, ${wrappers.map((kind) => `TRPC${kind}Procedure`).join(', ')} } from '@trpc/server';`,
      "import type { CountersignErrorShape } from './errors.ts';",
      ...importTypes(
        describedProcedures.flatMap(({ inputName, outputName }) => [inputName, outputName]),
        './schema.ts',
      ),
    ].join('\n'),
    definition,
    ...wrappers.map((kind) => wrapper[kind]),
    `/** The procedures by their paths. An alias, because an interface has no index signature, which tRPC asks for. */\nexport type CountersignRecord = {\n${record.join('\n')}\n};`,
    `interface Root {
  ctx: object;
  meta: object;
  errorShape: CountersignErrorShape;
  transformer: true;
}`,
    `/**
 * The router as its clients see it: \`createTRPCClient<CountersignRouter>(…)\`. Written out, so that a compiler
 * has nothing to infer; a test holds it to the server's own. As an interface it is compared once and not for
 * each procedure anew, which halves what a call costs the compiler.
 */
export interface CountersignRouter extends TRPCBuiltRouter<Root, CountersignRecord> {}`,
  ]);
}

const wrapper: Readonly<Record<(typeof kinds)[keyof typeof kinds], string>> = {
  Query: `type Query<Input, Output> = TRPCQueryProcedure<Definition<Input, Output>>;`,
  Mutation: `type Mutation<Input, Output> = TRPCMutationProcedure<Definition<Input, Output>>;`,
  Subscription: `/** tRPC hands each thing over together with the id to go on after. */\ntype Subscription<Input, Output> = TRPCSubscriptionProcedure<Definition<Input, AsyncIterable<{ id: string; data: Output }, void>>>;`,
};

function procedureText({
  comment,
  verb,
  type,
  inputName,
  inputIsOptional,
  outputName,
}: DescribedProcedure): string {
  const input = inputIsOptional ? `${inputName} | undefined` : inputName;
  return `${comment}${verb}: ${kinds[type]}<${input}, ${outputName}>;`;
}
