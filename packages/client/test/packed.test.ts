import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from './support/compile.ts';
import { createEmptyProject, type EmptyProject } from './support/empty-project.ts';

const resolve = createRequire(import.meta.url).resolve;

const compilers = {
  '5.9': join(dirname(resolve('typescript-5/package.json')), 'bin/tsc'),
  '6.0': join(dirname(resolve('typescript-6/package.json')), 'bin/tsc'),
  '7.0': join(dirname(resolve('typescript/package.json')), 'bin/tsc'),
};
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

/** All that it declares to need. */
const declared = [
  '@trpc/client',
  '@trpc/server',
  'superjson',
  'eventsource-parser',
  // Of the React door alone.
  'react',
  '@simplewebauthn/browser',
  'uqr',
];

/** Of these, what is taken by another name: of tRPC’s server what its client runs, too. */
const doors = ['react/jsx-runtime', '@trpc/server/observable', '@trpc/server/rpc'];

let project: EmptyProject;

beforeAll(() => {
  project = createEmptyProject();
  // What the programs use besides, as their own dependencies.
  for (const name of ['@tanstack/react-query', '@trpc/tanstack-react-query', '@types/react'])
    project.add(name);
  cpSync(new URL('consumer', import.meta.url), join(project.path, 'src'), { recursive: true });
}, 60_000);

afterAll(() => project[Symbol.dispose]());

describe('the packed client, in an empty project', () => {
  it.each(
    Object.entries(compilers).flatMap(([version, program]) =>
      Object.entries(resolutions).map(([name, options]) => ({ version, name, program, options })),
    ),
  )(
    'compiles under TypeScript $version, resolved as $name',
    async ({ version, program, options }) => {
      const { output } = await compile(
        project.path,
        {
          compilerOptions: {
            ...options,
            target: 'es2022',
            lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
            types: [],
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: false,
            noEmit: true,
            allowImportingTsExtensions: true,
          },
          include: ['src'],
        },
        { program },
      );
      expect(output).toBe('');
      const printed = execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
      expect(printed).toContain(`Version ${version}`);
    },
    60_000,
  );

  it('names only what it declares: no part of ours, no zod, no Node built-in, in code or in types', () => {
    const files = filesOf(project.installed).filter((file) => /\.(js|d\.ts)$/.test(file));
    expect(files.length).toBeGreaterThan(10);
    const foreign = files.flatMap((file) =>
      specifiersIn(file)
        .filter((specifier) => !specifier.startsWith('.') && ![...declared, ...doors].includes(specifier))
        .map((specifier) => `${file.slice(project.installed.length)}: ${specifier}`),
    );
    expect(foreign).toEqual([]);
    const needed = Object.keys({ ...project.manifest.dependencies, ...project.manifest.peerDependencies });
    expect(needed.toSorted()).toEqual(declared.toSorted());
  });

  it('runs of tRPC’s server only what tRPC’s own client does: observables and the table of codes', () => {
    const scripts = filesOf(project.installed).filter((file) => file.endsWith('.js'));
    const ofServer = scripts.flatMap(specifiersIn).filter((name) => name.startsWith('@trpc/server'));
    expect(ofServer.filter((name) => !doors.includes(name))).toEqual([]);
  });

  it('loads in a process that has nothing else', () => {
    const program = "console.log(typeof (await import('@countersign/client')).createCountersignClient)";
    const args = ['--input-type=module', '-e', program];
    expect(execFileSync(process.execPath, args, { cwd: project.path, encoding: 'utf8' })).toBe('function\n');
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

/** Every module a file imports, exports from, or loads. */
function specifiersIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g);
  return [...found].map(([, , specifier = '']) => specifier);
}
