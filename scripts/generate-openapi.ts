import { errorReasons } from '../packages/core/src/error.ts';
import type { ProcedureWords } from '../packages/server/src/openapi/words.ts';
import { sourceText } from './generate-client/source-text.ts';
import { operationComment, procedureSummary } from './generate-docs/operation-comment.ts';
import { procedureExamples } from './generate-docs/procedure-examples.ts';
import { actorsOf } from './generate-docs/procedures.ts';
import { routerProcedures, type RouterProcedure } from './router-procedures.ts';

/**
 * packages/server/src/generated/procedure-words.ts: what the sources say of each procedure in comments, which are gone
 * when the server runs and makes `/openapi.json`.
 */
export async function procedureWordsFile(): Promise<string> {
  const entries = await Promise.all(routerProcedures().map(entry));
  return await sourceText('procedure-words.ts', [
    "import type { ProcedureWords } from '../openapi/words.ts';",
    `export const procedureWords: Readonly<Record<string, ProcedureWords>> = {${entries.join('')}};`,
  ]);
}

async function entry({ path }: RouterProcedure): Promise<string> {
  const { description, refusals } = operationComment(path);
  const { input, note } = procedureExamples[path];
  const words: ProcedureWords = {
    summary: procedureSummary(path),
    description: [description, ...(note === undefined ? [] : [note])].join('\n\n'),
    actors: await actorsOf(path),
    refusals: errorReasons.filter((reason) => refusals.includes(`\`${reason}\``)),
    example: input,
  };
  return `'${path}': ${JSON.stringify(words)},`;
}
