import { clientFile } from './client-file.ts';
import { errorsFile } from './errors-file.ts';
import { routerFile } from './router-file.ts';
import { schemaFile } from './schema-file.ts';
import { sourceText } from './source-text.ts';

const files = {
  './client.ts': clientFile,
  './errors.ts': errorsFile,
  './router.ts': routerFile,
  './schema.ts': schemaFile,
};

/** packages/client/src/generated/index.ts: every generated name that is the package's own. */
export async function indexFile(): Promise<string> {
  const lists = await Promise.all(
    Object.entries(files).map(async ([file, produce]) => {
      const names = [...(await produce()).matchAll(/^export (?:type|interface) (\w+)/gm)].map(
        ([, name = '']) => name,
      );
      return `export type { ${names.toSorted((a, b) => (a < b ? -1 : 1)).join(', ')} } from '${file}';`;
    }),
  );
  return await sourceText('index.ts', [lists.join('\n')]);
}
