import { existsSync, globSync } from 'node:fs';
import { run } from './run.ts';
import { addTallies, type Tally } from './tally.ts';

interface StaticCheck {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Every TypeScript project but those that only describe a build; each is a check of its own. */
function typeChecks(): StaticCheck[] {
  const folders = ['.', 'packages/*', 'examples/*', 'bench'];
  const projects = globSync(folders.map((folder) => `${folder}/tsconfig{,.browser}.json`))
    .filter((project) => existsSync(project))
    .sort((a, b) => a.localeCompare(b));
  return projects.map((project) => ({ name: `types: ${project}`, program: 'tsc', args: ['-p', project] }));
}

const otherChecks: readonly StaticCheck[] = [
  { name: 'lint', program: 'oxlint', args: [] },
  { name: 'format (npm run format mends it)', program: 'oxfmt', args: ['--check'] },
  { name: 'unused code', program: 'knip', args: ['--no-progress', '--no-config-hints'] },
];

/** Two at a time: most of these use several cores by themselves. */
export async function runStaticChecks(): Promise<Tally> {
  const waiting = [...typeChecks(), ...otherChecks];
  const tallies: Tally[] = [];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift())
      tallies.push(await runCheck(check));
  };
  await Promise.all([work(), work()]);
  return addTallies(tallies);
}

async function runCheck({ name, program, args }: StaticCheck): Promise<Tally> {
  const { ok, output, seconds } = await run(program, args);
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`);
  if (!ok) console.log(output);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}
