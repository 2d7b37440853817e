import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

/** The modules that a page loads for these names of the React door: at once, and on demand. */
async function modulesFor(names: string): Promise<{ atOnce: string[]; onDemand: string[] }> {
  const door = new URL('../src/react/index.ts', import.meta.url).pathname;
  const build = await rolldown({
    input: 'program',
    platform: 'browser',
    external: /^react/,
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? `export { ${names} } from ${JSON.stringify(door)};` : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const first = chunks.filter(({ isEntry, fileName }) => isEntry || output[0].imports.includes(fileName));
  const modulesOf = (wanted: typeof chunks): string[] => wanted.flatMap(({ moduleIds }) => moduleIds);
  return {
    atOnce: modulesOf(first),
    onDemand: modulesOf(chunks.filter((chunk) => !first.includes(chunk))),
  };
}

it('the dialog brings nothing of the enrolment, and so do the hooks', async () => {
  for (const names of ['AuthorizationDialog, CountersignProvider', 'useAuthorize, useEvents']) {
    const { atOnce, onDemand } = await modulesFor(names);
    expect(atOnce.some((module) => module.includes('/react/provider.tsx'))).toBe(true);
    const foreign = [...atOnce, ...onDemand].filter((module) => /react\/factor\/|uqr/.test(module));
    expect(foreign, names).toEqual([]);
    expect(atOnce.filter((module) => module.includes('simplewebauthn'))).toEqual([]);
  }
});

it('the enrolment loads the making of a passkey when somebody makes one', async () => {
  const { atOnce, onDemand } = await modulesFor('FactorEnrolment');
  expect(atOnce.some((module) => module.includes('uqr'))).toBe(true);
  expect(atOnce.filter((module) => module.includes('simplewebauthn'))).toEqual([]);
  expect(onDemand.some((module) => module.includes('register-passkey'))).toBe(true);
});

it('uses no text as markup', async () => {
  const { readdir, readFile } = await import('node:fs/promises');
  const folder = new URL('../src/react/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(20);
  for (const file of files)
    expect(await readFile(new URL(file, folder), 'utf8'), file).not.toMatch(
      /innerHTML|dangerouslySetInnerHTML|document\.write/i,
    );
});
