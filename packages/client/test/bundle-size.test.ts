import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundleProgram } from './support/bundle.ts';

const budgetBytes = 16_000;
const narrowingBudgetBytes = 3_500;

/** What a browser loads for a program: its first chunk with all that it imports, and what comes on demand. */
async function bundle(program: string): Promise<{ atOnce: number; onDemand: number; names: string[] }> {
  const chunks = await bundleProgram(program);
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

it('costs a program nothing that narrows no token, and little one that does', async () => {
  const alone = await bundle(`export { createCountersignClient } from '@countersign/client';`);
  expect(alone.names.filter((name) => name.includes('scoped-token'))).toEqual([]);
  const { atOnce, onDemand, names } = await bundle(`export { attenuate } from '@countersign/client';`);
  console.log(`attenuate ${atOnce} bytes gzip`);
  expect(names.filter((name) => /@trpc|superjson|stream/.test(name))).toEqual([]);
  expect(names.filter((name) => name.includes('scoped-token')).length).toBeGreaterThan(10);
  expect(atOnce).toBeLessThanOrEqual(narrowingBudgetBytes);
  expect(onDemand).toBe(0);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`It weighs ${(atOnce / 1000).toFixed(1)} kB compressed`);
});

it('brings no Node built-in and nothing of the server', async () => {
  const { names } = await bundle(`export * from '@countersign/client';`);
  expect(names.filter((name) => /^node:|packages\/(core|server)\/|\/zod\//.test(name))).toEqual([]);
});
