import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bundleProgram } from './support/bundle.ts';

const budgetBytes = 16_000;
const linkBudgetBytes = 4_000;
const withDialogBudgetBytes = 28_000;
const narrowingBudgetBytes = 3_500;

const sdk = exporting('createCountersignClient', 'isCountersignError');
const sdkAndLink = exporting('createCountersignClient', 'isCountersignError', 'authorizationLink');

function exporting(...names: readonly string[]): string {
  return `export { ${names.join(', ')} } from '@countersign/client';`;
}

interface Bundle {
  /** Of its first chunk with all that it imports, and of what comes on demand. */
  readonly atOnce: number;
  readonly onDemand: number;
  /** Of what comes on demand, and contains a module whose path has this in it. */
  onDemandWith(part: string): number;
  readonly names: readonly string[];
}

/** What a browser loads for a program, in bytes of gzip. */
async function bundle(program: string): Promise<Bundle> {
  const chunks = await bundleProgram(program);
  const sizeOf = (wanted: typeof chunks) => wanted.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  const first = chunks.find(({ isEntry }) => isEntry)!;
  const atOnce = chunks.filter((chunk) => chunk === first || first.imports.includes(chunk.fileName));
  const onDemand = chunks.filter((chunk) => !atOnce.includes(chunk));
  return {
    atOnce: sizeOf(atOnce),
    onDemand: sizeOf(onDemand),
    onDemandWith: (part) =>
      sizeOf(onDemand.filter(({ moduleIds }) => moduleIds.some((name) => name.includes(part)))),
    names: chunks.flatMap(({ moduleIds }) => moduleIds),
  };
}

it('costs a page at most 16 kB, WebSocket and batches included; server-sent events come on demand', async () => {
  const { atOnce, onDemand } = await bundle(sdk);
  console.log(`SDK ${atOnce} bytes gzip, server-sent events ${onDemand} bytes on demand`);
  expect(atOnce).toBeLessThanOrEqual(budgetBytes);
  expect(onDemand).toBeGreaterThan(500);
});

it('costs a page little more with the link that repeats what was authorized, and nothing without', async () => {
  const alone = await bundle(sdk);
  expect(alone.names.filter((name) => name.includes('/src/authorization/'))).toEqual([]);
  const both = await bundle(sdkAndLink);
  const link = both.atOnce - alone.atOnce;
  console.log(`link ${link} bytes gzip beside the SDK`);
  expect(both.names.some((name) => name.includes('/src/authorization/link.ts'))).toBe(true);
  expect(link).toBeLessThanOrEqual(linkBudgetBytes);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(`The link weighs ${(link / 1000).toFixed(1)} kB compressed`);
});

it('costs a page at most 28 kB with the dialog and passkeys, React aside', async () => {
  const page = await bundle(
    `${sdkAndLink} export { CountersignProvider, AuthorizationDialog } from '@countersign/client/react';`,
  );
  const all = page.atOnce + page.onDemandWith('@simplewebauthn');
  console.log(`SDK, link, dialog and passkeys ${all} bytes gzip, ${page.atOnce} of them at once`);
  expect(page.names.some((name) => name.includes('@simplewebauthn'))).toBe(true);
  expect(page.names.filter((name) => /node_modules\/react/.test(name))).toEqual([]);
  expect(all).toBeLessThanOrEqual(withDialogBudgetBytes);
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
