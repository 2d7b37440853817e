import { rolldown, type OutputChunk } from 'rolldown';

/** Bundles a program for a browser, from the client's sources; React, which a page has anyway, stays outside. */
export async function bundleProgram(program: string): Promise<OutputChunk[]> {
  const source = (file: string) => new URL(`../../src/${file}`, import.meta.url).pathname;
  const fromSources = program
    .replaceAll('@countersign/client/device', source('device/index.ts'))
    .replaceAll('@countersign/client/react', source('react/index.ts'))
    .replaceAll('@countersign/client', source('index.ts'));
  const build = await rolldown({
    input: 'program',
    platform: 'browser',
    external: /^react(-dom)?(\/|$)/,
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? fromSources : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
}
