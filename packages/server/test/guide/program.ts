import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../../../../', import.meta.url);
const server = new URL('../../', import.meta.url).pathname;

/** A guide, taken apart: its program, what that prints, and the commands it names. */
export interface Guide {
  readonly text: string;
  readonly blocks: readonly string[];
  readonly printed: string;
  readonly commands: readonly string[];
}

export function readGuide(path: string): Guide {
  const text = readFileSync(new URL(path, root), 'utf8');
  const blocksOf = (language: string): string[] =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
  return {
    text,
    blocks: blocksOf('ts'),
    printed: blocksOf('text').at(-1) ?? '',
    commands: blocksOf('sh').flatMap((block) => block.trim().split('\n')),
  };
}

/** The rows of a table, by the name of its first column: what stands in backticks in each cell. */
export function rowsOf({ text }: Guide, firstColumn: string): string[][][] {
  const [, table = ''] = text.split(`\n| ${firstColumn} |`, 2);
  const [rows = ''] = table.split('\n\n', 1);
  return rows
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
    );
}

/** The rows of every table, cell by cell, without their heads. */
export function tablesOf({ text }: Pick<Guide, 'text'>): string[][][] {
  return [...text.matchAll(/^\|.*\n\|(?:-+\|)+\n((?:\|.*\n)+)/gm)].map(([, rows = '']) =>
    rows
      .trimEnd()
      .split('\n')
      .map((row) =>
        row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}

/** Ours by their sources: the client is no dependency of the server. */
const sources: Readonly<Record<string, string>> = {
  '@countersign/core/testing': 'packages/core/testing/index.ts',
  '@countersign/server': 'packages/server/src/index.ts',
  '@countersign/client': 'packages/client/src/index.ts',
  '@countersign/client/device': 'packages/client/src/device/index.ts',
};

const sourceOf = (name: string): string => new URL(sources[name] ?? '', root).pathname;

/** Beside the packages that the server has, for what a guide imports. */
function makeFolder(): string {
  const cache = join(server, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'guide-'));
}

/**
 * What the compiler says of each program itself, by the strict settings of the client; nothing when it is right. One run
 * for all: it reads all of our sources first, which takes longer than they do.
 */
export async function compile(programs: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const folder = makeFolder();
  const names = Object.keys(programs);
  try {
    for (const name of names) writeFileSync(join(folder, `${name}.ts`), `${programs[name]}\nexport {};\n`);
    const project = {
      extends: new URL('packages/client/tsconfig.json', root).pathname,
      compilerOptions: {
        paths: Object.fromEntries(Object.keys(sources).map((source) => [source, [sourceOf(source)]])),
      },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const output = await run('tsc', ['-p', join(folder, 'tsconfig.json'), '--pretty', 'false']).then(
      ({ stdout }) => stdout,
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    // What is wrong in our sources is another check's to say. A message goes on in lines that are indented.
    const messages = output.split(/\n(?! )/);
    const saidOf = (name: string) => messages.filter((message) => message.includes(`/${name}.ts(`));
    return Object.fromEntries(names.map((name) => [name, saidOf(name).join('\n')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program in a process of its own, and answers what it printed. */
export async function print(program: string, env: Readonly<Record<string, string>>): Promise<string> {
  const input = [
    '--conditions=@countersign/source',
    '--input-type=module-typescript',
    '-e',
    fromSources(program),
  ];
  const { stdout } = await run(process.execPath, input, {
    cwd: server,
    env: { ...process.env, ...env },
    timeout: 25_000,
  });
  return stdout;
}

/** Imports one of the files of a guide, which may import the others, into this process. */
export async function importFiles(
  files: Readonly<Record<string, string>>,
  entry: string,
): Promise<{ remove(): void }> {
  const folder = makeFolder();
  // Node takes the types out of no file below node_modules, so it is done here.
  const nameOf = (file: string): string => file.replace(/\.ts$/, '.mjs');
  for (const [file, text] of Object.entries(files)) {
    const program = fromSources(text).replaceAll(
      / from '(\.\/[^']+)'/g,
      (_, name: string) => ` from '${nameOf(name)}'`,
    );
    writeFileSync(join(folder, nameOf(file)), stripTypeScriptTypes(program));
  }
  await import(join(folder, nameOf(entry)));
  return { remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The same program with ours from their sources. */
function fromSources(program: string): string {
  return program.replaceAll(/ from '(@countersign\/[^']+)'/g, (line, name: string) =>
    name in sources ? ` from '${sourceOf(name)}'` : line,
  );
}
