import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const budgetBytes = 16_000;

/** What a browser loads for a program: its first chunk with all that it imports, and what comes on demand. */
async function bundle(program: string): Promise<{ atOnce: number; onDemand: number; names: string[] }> {
  const entry = new URL('../src/index.ts', import.meta.url).pathname;
  const build = await rolldown({
    input: 'program',
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? program.replace('@countersign/client', entry) : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const sizeOf = (wanted: typeof chunks) => wanted.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  const first = chunks.find(({ isEntry }) => isEntry)!;
  const atOnce = chunks.filter((chunk) => chunk === first || first.imports.includes(chunk.fileName));
  const onDemand = chunks.filter((chunk) => !atOnce.includes(chunk));
  return {
    atOnce: sizeOf(atOnce),
    onDemand: sizeOf(onDemand),
    names: chunks.flatMap(({ moduleIds }) => moduleIds),
  };
}

it('costs a page at most 16 kB, WebSocket and batches included; server-sent events come on demand', async () => {
  const { atOnce, onDemand } = await bundle(
    `export { createCountersignClient, isCountersignError } from '@countersign/client';`,
  );
  console.log(`SDK ${atOnce} bytes gzip, server-sent events ${onDemand} bytes on demand`);
  expect(atOnce).toBeLessThanOrEqual(budgetBytes);
  expect(onDemand).toBeGreaterThan(500);
});

it('brings no Node built-in and nothing of the server', async () => {
  const { names } = await bundle(`export * from '@countersign/client';`);
  expect(names.filter((name) => /^node:|packages\/(core|server)\/|\/zod\//.test(name))).toEqual([]);
});
