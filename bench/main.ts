import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { measure } from './measure.ts';
import { cycle } from './scenarios/cycle.ts';
import { token } from './scenarios/token.ts';
import type { Scenario } from './scenario.ts';
import { measureUnits, type UnitScenario } from './unit.ts';

const scenarios: readonly (Scenario | UnitScenario)[] = [cycle, token];
const isOfUnits = (scenario: Scenario | UnitScenario): scenario is UnitScenario => scenario === token;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const effort = values.short
  ? { rounds: 1, millisecondsPerRound: 300, shortRounds: 20 }
  : { rounds: 7, millisecondsPerRound: 3000, shortRounds: 400 };
const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0)
  throw new Error(`no scenario of that name; there are: ${scenarios.map(({ name }) => name).join(', ')}`);

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
for (const scenario of chosen) {
  const figures = isOfUnits(scenario) ? await runUnits(scenario) : await runBesideFloor(scenario);
  if (!values.short) await keep(scenario, figures);
}

async function runBesideFloor(scenario: Scenario): Promise<unknown> {
  const postgres = await startTemporaryPostgres();
  const open = await scenario.open({ url: postgres.url() });
  try {
    const figures = await measure(open, effort);
    console.log(`${scenario.name}: ${scenario.title}\n${scenario.settings}`);
    for (const { inFlight, oursPerSecond, floorPerSecond, ratio } of figures) {
      console.log(
        `  ${String(inFlight).padStart(3)} in flight   ours ${oursPerSecond.toFixed(0)}/s   floor ${floorPerSecond.toFixed(0)}/s   ratio ${ratio.toFixed(2)}`,
      );
    }
    return figures;
  } finally {
    await open.close();
    await postgres.stop();
  }
}

async function runUnits(scenario: UnitScenario): Promise<unknown> {
  const figures = await measureUnits(await scenario.open(), { rounds: effort.shortRounds });
  console.log(`${scenario.name}: ${scenario.title}\n${scenario.settings}`);
  for (const { name, nanoseconds, units, goal } of figures) {
    const line = `  ${name.padEnd(24)} ${nanoseconds.toFixed(0).padStart(8)} ns ${units.toFixed(2).padStart(7)} F`;
    console.log(goal === null ? line : `${line}   goal ${goal}`);
  }
  return figures;
}

async function keep(scenario: Scenario | UnitScenario, figures: unknown): Promise<void> {
  const directory = new URL('results/', import.meta.url);
  await mkdir(directory, { recursive: true });
  const result = { scenario: scenario.name, settings: scenario.settings, machine, figures };
  await writeFile(new URL(`${scenario.name}.json`, directory), `${JSON.stringify(result, null, 2)}\n`);
}
