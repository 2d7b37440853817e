import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const root = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string };

/** What is wrong with a built package: promised files that would not be published, exports that do not load. */
export async function checkPackage(folder: string): Promise<string[]> {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const packed = await listPacked(folder);
  const missing = promisedFiles(manifest).filter((file) => !packed.includes(file));
  const surplus = packed.filter((file) => /\.test\.|tsbuildinfo/.test(file));
  return [
    ...missing.map((file) => `${manifest.name} names ${file}, which is not in the package`),
    ...surplus.map((file) => `${manifest.name} would publish ${file}`),
    ...(await failingImports(manifest)),
  ];
}

/** Every path in `exports` and `bin`, but the one that only this repository uses. */
function promisedFiles({ exports, bin = {} }: Manifest): string[] {
  const entries = Object.values(exports).flatMap((conditions) =>
    Object.entries(conditions).flatMap(([name, file]) => (name.startsWith('@countersign/') ? [] : [file])),
  );
  return [...entries, ...Object.values(bin)].map((file) => file.replace('./', ''));
}

async function listPacked(folder: string): Promise<string[]> {
  const command = ['--yes', root.packageManager, '--dir', folder, 'pack', '--dry-run', '--json'];
  const { output } = await run('npx', command);
  const { files } = JSON.parse(output.slice(output.indexOf('{'))) as { files: { path: string }[] };
  return files.map(({ path }) => path);
}

/** Loads each export in a fresh Node, resolved as a stranger's program would: the built files. */
async function failingImports({ name, exports }: Manifest): Promise<string[]> {
  const problems = await Promise.all(
    Object.keys(exports).map(async (subpath) => {
      const specifier = name + subpath.slice(1);
      const { ok, output } = await run('node', ['--input-type=module', '-e', `await import('${specifier}')`]);
      return ok ? [] : [`${specifier} does not load: ${output}`];
    }),
  );
  return problems.flat();
}
