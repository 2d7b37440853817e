import { describe, expect, it } from 'vitest';
import {
  findUntidy,
  indexIsAList,
  kebabCase,
  linksLead,
  namedFilesExist,
  namedForNothing,
  namedScriptsExist,
  namesNoMachine,
  type TidyFile,
} from './tidy.ts';

const file = (path: string, text = ''): TidyFile => ({
  path,
  text,
  exists: (other) => other === 'docs/glossary.md',
  npmScripts: ['start', 'test', 'proof'],
});

it('the repository is tidy', () => {
  expect(findUntidy(new URL('..', import.meta.url).pathname)).toEqual([]);
});

describe('the rules of tidiness notice', () => {
  it('a file or folder whose name says nothing', () => {
    expect(namedForNothing(file('packages/core/src/utils.ts'))).toHaveLength(1);
    expect(namedForNothing(file('packages/core/src/common/hash.ts'))).toHaveLength(1);
    expect(namedForNothing(file('packages/core/src/challenge/issue.ts'))).toEqual([]);
  });

  it('a name that is not kebab-case', () => {
    expect(kebabCase(file('packages/core/src/scopedToken.ts'))).toHaveLength(1);
    expect(kebabCase(file('packages/core/src/scoped-token/0001-spine.test.ts'))).toEqual([]);
    expect(kebabCase(file('docs/README.md'))).toEqual([]);
  });

  it('an index that does more than list', () => {
    const list = "import { a } from './a.ts';\nexport { b } from './b.ts';\nexport const all = { a };";
    expect(indexIsAList(file('src/index.ts', list))).toEqual([]);
    expect(indexIsAList(file('src/index.ts', "export * from './a.ts';"))).toHaveLength(1);
    expect(indexIsAList(file('src/index.ts', "export type * from './generated/index.ts';"))).toEqual([]);
    expect(indexIsAList(file('src/index.ts', "export * from './method/methods/index.ts';"))).toEqual([]);
    expect(indexIsAList(file('src/index.ts', 'export const a = make();'))).toHaveLength(1);
    expect(indexIsAList(file('src/index.ts', 'export function a() {}'))).toHaveLength(1);
    expect(indexIsAList(file('src/index.ts', 'start();'))).toHaveLength(1);
  });

  it('a link that leads nowhere', () => {
    const text = '[a](glossary.md#factor) [b](https://example.org) [c](#here) [d](../docs/gone.md)';
    expect(linksLead(file('docs/README.md', text))).toEqual(['the link ../docs/gone.md leads nowhere']);
  });

  it('a document that names a file which is gone', () => {
    const text =
      'See `docs/glossary.md`, `docs/adr/NNNN-*.md`, `packages/<name>/src` and `packages/core/src/gone.ts`.';
    expect(namedFilesExist(file('README.md', text))).toEqual(['packages/core/src/gone.ts does not exist']);
  });

  it('an npm script that does not exist', () => {
    const gone = ['npm', 'run', 'polish'].join(' '); // in pieces, or this file would be untidy itself
    const text = `Run npm start, then \`npm run proof -- --short\`, then ${gone}.`;
    expect(namedScriptsExist(file('README.md', text))).toEqual([`${gone} does not exist`]);
  });

  it('a path that exists on one machine only', () => {
    const path = ['', 'home', 'somebody', 'countersign'].join('/');
    expect(namesNoMachine(file('README.md', `cd ${path}`))).toHaveLength(1);
    expect(namesNoMachine(file('README.md', 'cd ~/home/x; curl https://example.org/home/x'))).toEqual([]);
  });

  it('a host in the lockfile, which would tie it to one registry', () => {
    expect(namesNoMachine(file('pnpm-lock.yaml', "tarball: https://registry.example/x.tgz'"))).toHaveLength(
      1,
    );
  });
});
