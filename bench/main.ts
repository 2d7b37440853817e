import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark, Effort } from './benchmark.ts';
import { besideFloor } from './beside-floor.ts';
import { inUnits } from './in-units.ts';
import { confirmation } from './scenarios/confirmation.ts';
import { cycle } from './scenarios/cycle.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { growth } from './scenarios/growth.ts';
import { guard } from './scenarios/guard.ts';
import { method } from './scenarios/method.ts';
import { rpc } from './scenarios/rpc.ts';
import { stream } from './scenarios/stream.ts';
import { telemetry } from './scenarios/telemetry.ts';
import { token } from './scenarios/token.ts';

const benchmarks: readonly Benchmark[] = [
  besideFloor(cycle),
  besideFloor(confirmation),
  rpc,
  besideFloor(telemetry),
  guard,
  stream,
  fanOut,
  growth,
  inUnits(token),
  inUnits(method),
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});
const effort: Effort = values.short
  ? { isShort: true, rounds: 1, millisecondsPerRound: 100 }
  : { isShort: false, rounds: 7, millisecondsPerRound: 3000 };
const chosen = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0)
  throw new Error(`no scenario of that name; there are: ${benchmarks.map(({ name }) => name).join(', ')}`);

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
for (const { name, title, settings, run } of chosen) {
  const { figures, lines } = await run(effort);
  console.log([`${name}: ${title}`, settings, ...lines.map((line) => `  ${line}`)].join('\n'));
  if (!effort.isShort) await keep(name, { scenario: name, settings, machine, figures });
}

async function keep(name: string, result: object): Promise<void> {
  const directory = new URL('results/', import.meta.url);
  await mkdir(directory, { recursive: true });
  await writeFile(new URL(`${name}.json`, directory), `${JSON.stringify(result, null, 2)}\n`);
}
