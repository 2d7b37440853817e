import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { measure } from './measure.ts';
import { cycle } from './scenarios/cycle.ts';
import type { Scenario } from './scenario.ts';

const scenarios: readonly Scenario[] = [cycle];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const effort = values.short
  ? { rounds: 1, millisecondsPerRound: 300 }
  : { rounds: 7, millisecondsPerRound: 3000 };
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
    if (!values.short) await keep(scenario, figures);
  } finally {
    await open.close();
    await postgres.stop();
  }
}

async function keep(scenario: Scenario, figures: unknown): Promise<void> {
  const directory = new URL('results/', import.meta.url);
  await mkdir(directory, { recursive: true });
  const result = { scenario: scenario.name, settings: scenario.settings, machine, figures };
  await writeFile(new URL(`${scenario.name}.json`, directory), `${JSON.stringify(result, null, 2)}\n`);
}
