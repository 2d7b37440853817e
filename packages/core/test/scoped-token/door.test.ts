import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { expect, it } from 'vitest';
import * as door from '@countersign/core/scoped-token';

/** Every module that a module loads, itself or through others: what is not ours, by name. */
function foreignModules(entry: URL): string[] {
  const seen = new Set<string>();
  const foreign = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    const loads = /^(?:import|export)\s(?!type\b)[^;]*?\sfrom '([^']+)';/gms;
    for (const [, name = ''] of readFileSync(url, 'utf8').matchAll(loads))
      if (name.startsWith('.')) visit(new URL(name, url));
      else foreign.add(name);
  };
  visit(entry);
  return [...foreign].sort();
}

const folder = new URL('../../src/scoped-token/', import.meta.url);

it('the door of the token loads no database, no server and no package', () => {
  const names = foreignModules(new URL('index.ts', folder));
  expect(names).toEqual(['node:crypto', 'node:zlib']);
  expect(names.every(isBuiltin)).toBe(true);
});

it('matching loads nothing at all, so that it runs anywhere', () => {
  for (const file of [
    'scope/allows-procedure.ts',
    'scope/allows-http.ts',
    'scope/text.ts',
    'scope/from-endpoints.ts',
  ])
    expect(foreignModules(new URL(file, folder)), file).toEqual([]);
});

it('narrowing loads nothing but for its link, so that a client can do it by its own means', () => {
  expect(foreignModules(new URL('cst1/narrowing.ts', folder))).toEqual([]);
  expect(foreignModules(new URL('cst1/attenuate.ts', folder))).toEqual(['node:crypto']);
});

it('gives what the contract names', () => {
  const names = [
    'deriveTokenKey',
    'mintScopedToken',
    'attenuateScopedToken',
    'verifyScopedToken',
    'allowsProcedure',
    'allowsHttp',
    'scopeFromEndpoints',
    'readDjangoToken',
    'writeDjangoToken',
    'claimsFromDjangoToken',
  ];
  expect(Object.keys(door)).toEqual(expect.arrayContaining(names));
});
