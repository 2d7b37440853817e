import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const keyBudgetBytes = 1_500;
const deviceBudgetBytes = 3_000;
const door = new URL('../../src/device/index.ts', import.meta.url).pathname;

/** What a page loads beside the client for a program of one line. */
async function bundle(program: string) {
  const build = await rolldown({
    input: 'program',
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? '\0program' : null),
        load: (id) => (id === '\0program' ? program.replace('@countersign/client/device', door) : null),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', minify: true });
  await build.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  return {
    bytes: chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
    imports: chunks.flatMap(({ imports }) => imports),
  };
}

it('a client key costs a page at most 1.5 kB beside the client, a whole device 3 kB', async () => {
  const key = await bundle(`export { createClientKey } from '@countersign/client/device';`);
  const device = await bundle(`export * from '@countersign/client/device';`);
  console.log(`client key ${key.bytes} bytes gzip, device side ${device.bytes} bytes gzip`);
  expect(key.bytes).toBeLessThanOrEqual(keyBudgetBytes);
  expect(device.bytes).toBeLessThanOrEqual(deviceBudgetBytes);
});

it('the device side needs nothing but the browser, and brings nothing of the client with it', async () => {
  const { modules, imports } = await bundle(`export * from '@countersign/client/device';`);
  expect(imports).toEqual([]);
  const others = modules.filter((name) => !/\/client\/src\/(device\/|runtime\.ts)/.test(name));
  expect(others).toEqual(['\0program']);
});
