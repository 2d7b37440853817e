import { expect, it } from 'vitest';
import { findOutdated, generatedFiles } from './generated.ts';

// Starts a PostgreSQL, which takes seconds on a busy machine.
it('generated files are up to date (npm run generate makes them so)', { timeout: 60_000 }, async () => {
  expect(await findOutdated(generatedFiles)).toEqual([]);
});

it('a generated file that is missing or different is noticed', async () => {
  const same = {
    file: '.gitignore',
    produce: () => import('node:fs').then((fs) => fs.readFileSync('.gitignore', 'utf8')),
  };
  const different = { file: '.gitignore', produce: () => 'something else' };
  const missing = { file: 'docs/missing.md', produce: () => '' };
  expect(await findOutdated([same, different, missing])).toEqual(['.gitignore', 'docs/missing.md']);
});
