import { describe, expect, it } from 'vitest';
import { boundaryRules, findViolations } from './boundaries.ts';
import { coreLevels, mayImport, placeInCore } from './core-levels.ts';
import { listTree } from './tree.ts';

const root = new URL('..', import.meta.url).pathname;
const fixtures = new URL('fixtures/boundaries/', import.meta.url).pathname;

describe('the boundaries of the architecture', () => {
  it('are kept by every file', () => {
    expect(findViolations(root).map(({ text }) => text)).toEqual([]);
  });

  it('place every file of core on a level', () => {
    const files = listTree(`${root}packages/core/src`).filter((path) => path.endsWith('.ts'));
    expect(files.filter((path) => placeInCore(path) === undefined)).toEqual([]);
  });

  it.each(boundaryRules.map(({ name }) => name))(
    'are checked: %s reports the fixture that breaks it',
    (name) => {
      const violations = findViolations(fixtures + name);
      expect(violations.map(({ rule }) => rule)).toContain(name);
      expect(new Set(violations.map(({ rule }) => rule))).toEqual(new Set([name]));
    },
  );

  it('hold for the client in types too: what a type names must be installed', () => {
    const texts = findViolations(`${fixtures}client-stands-alone`).map(({ text }) => text.split(' ')[1]);
    const inTypes = ['@countersign/server.', '@countersign/core.', 'zod.'];
    expect(texts).toEqual(['zod.', '@countersign/core.', 'node:fs.', ...inTypes]);
    const [violation, ...others] = findViolations(`${fixtures}client-runs-no-server`);
    expect(violation?.text).toContain('@trpc/server/adapters/standalone');
    expect(others).toEqual([]); // the types of tRPC are its own client's too, and so are observables
  });

  it('have no fixture without a rule', () => {
    const folders = new Set(listTree(fixtures).map((path) => path.split('/')[0]));
    expect(folders).toEqual(new Set(boundaryRules.map(({ name }) => name)));
  });
});

describe('the levels of core', () => {
  const may = (from: string, to: string): boolean => mayImport(placeInCore(from)!, placeInCore(to)!);

  it('let a file import from below and from its own folder, not from above, not from a sibling', () => {
    expect(may('challenge/issue.ts', 'method/define.ts')).toBe(true);
    expect(may('challenge/issue.ts', 'challenge/state.ts')).toBe(true);
    expect(may('method/define.ts', 'challenge/issue.ts')).toBe(false);
    expect(may('authorization-request/create.ts', 'scoped-token/issue.ts')).toBe(false);
    expect(may('error.ts', 'id.ts')).toBe(true);
    expect(may('error.ts', 'event/append.ts')).toBe(false);
  });

  it('let a file stand elsewhere than its folder', () => {
    expect(placeInCore('database/executor.ts')?.level).toBe(coreLevels.length - 1);
    expect(placeInCore('database/orm.ts')?.level).toBeLessThan(placeInCore('entities.ts')!.level);
  });
});
