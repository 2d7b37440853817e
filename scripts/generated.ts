/**
 * Files that are made from the sources and checked in, so that a change shows in review.
 * `npm run generate` writes them; a test fails when one is not what it would be now.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dumpSchema } from './dump-schema.ts';
import * as client from './generate-client.ts';
import { errorsDocument, eventsDocument, proceduresDocument } from './generate-docs.ts';
import { methodsFile } from './generate-methods.ts';
import { procedureWordsFile } from './generate-openapi.ts';

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly file: string;
  readonly produce: () => string | Promise<string>;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { file: 'docs/errors.md', produce: errorsDocument },
  { file: 'docs/events.md', produce: eventsDocument },
  { file: 'docs/procedures.md', produce: proceduresDocument },
  { file: 'packages/client/src/generated/client.ts', produce: client.clientFile },
  { file: 'packages/client/src/generated/dates.ts', produce: client.datesFile },
  { file: 'packages/client/src/generated/dialog-stylesheet.ts', produce: client.stylesheetFile },
  { file: 'packages/client/src/generated/errors.ts', produce: client.errorsFile },
  { file: 'packages/client/src/generated/index.ts', produce: client.indexFile },
  {
    file: 'packages/client/src/generated/operator-procedures.ts',
    produce: client.operatorProceduresFile,
  },
  { file: 'packages/client/src/generated/procedures.ts', produce: client.proceduresFile },
  { file: 'packages/client/src/generated/router.ts', produce: client.routerFile },
  { file: 'packages/client/src/generated/schema.ts', produce: client.schemaFile },
  ...client.scopedTokenFiles,
  { file: 'packages/core/src/database/schema.sql', produce: dumpSchema },
  { file: 'packages/server/src/generated/index.ts', produce: methodsFile },
  { file: 'packages/server/src/generated/procedure-words.ts', produce: procedureWordsFile },
];

/** The files that are not what they would be if they were made now. */
export async function findOutdated(files: readonly GeneratedFile[]): Promise<string[]> {
  const states = await Promise.all(
    files.map(async ({ file, produce }) => {
      const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      return current === (await produce()) ? [] : [file];
    }),
  );
  return states.flat();
}

if (import.meta.main) {
  for (const { file, produce } of generatedFiles) writeFileSync(file, await produce());
}
