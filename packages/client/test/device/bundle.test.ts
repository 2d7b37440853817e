import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const budgetBytes = 1_500;

it('costs a page at most 1.5 kB beside the client, and needs nothing but the browser', async () => {
  const build = await rolldown({
    input: new URL('../../src/device/index.ts', import.meta.url).pathname,
    platform: 'browser',
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  console.log(`device side ${bytes} bytes gzip`);
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  expect(modules.filter((name) => !/packages\/client\/src\//.test(name) && !name.startsWith('\0'))).toEqual(
    [],
  );
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
});
