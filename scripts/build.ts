/**
 * `npm run build`: what is published, into packages/<package>/dist. Nothing in this repository needs it:
 * everything here runs from the sources.
 */
import { readFileSync, rmSync } from 'node:fs';
import { checkPackage } from './packed.ts';
import { run } from './run.ts';

const { references } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as {
  references: { path: string }[];
};
const folders = references.map(({ path }) => path.replace(/\/[^/]+$/, ''));
for (const folder of folders) {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  rmSync(`${folder}/node_modules/.cache/build.tsbuildinfo`, { force: true });
}

const compiled = await run('tsc', ['-b', 'tsconfig.build.json'], { show: true });
const problems = compiled.ok ? (await Promise.all(folders.map(checkPackage))).flat() : ['the build failed'];
for (const problem of problems) console.error(`✗ ${problem}`);
if (problems.length === 0) console.log(`Built ${folders.join(', ')}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
