import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { sourceText } from './generate-client/source-text.ts';

const list = 'packages/core/src/method/methods/index.ts';
const notice = `// Made from ${list} by \`npm run generate\`. A change belongs there; a check\n// fails when this is not up to date.`;

/**
 * packages/server/src/generated/index.ts: the built-in methods by name, for who has installed the server only. A server
 * enters core by its doors, and behind them a list of names cannot be passed on but by naming each.
 */
export async function methodsFile(index: string = list): Promise<string> {
  const names = exportedNames(index).toSorted();
  return await sourceText('index.ts', [`export { ${names.join(', ')} } from '@countersign/core';`], notice);
}

/** `otp`, `type OtpOptions` */
export function exportedNames(index: string): string[] {
  const { body } = parseSync(index, readFileSync(index, 'utf8')).program;
  return body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') throw new Error(`${index} is a list of exports`);
    return statement.specifiers.map(({ exported, exportKind }) => {
      if (exported.type !== 'Identifier') throw new Error(`${index} exports names`);
      return exportKind === 'type' ? `type ${exported.name}` : exported.name;
    });
  });
}
