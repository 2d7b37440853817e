/**
 * `npm run proof`: runs every proof, one after the other, and writes docs/proof/<name>.json.
 *
 *   npm run proof -- [name …] [--short] [--seed N]
 *
 * `--short` takes seconds instead of minutes, runs two at a time and prints instead of writing: the figures of a short
 * run are no evidence, and a run in CI must not change the tree.
 */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.ts';
import type { ProofOrder, ProofOutcome } from './proof-process.ts';
import { addTallies, close, type Tally } from './tally.ts';

const { values, positionals: wanted } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string' } },
  allowPositionals: true,
});
const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
const short = values.short;

const nameOf = (file: string): string => basename(file, '.proof.ts');
const files = globSync('packages/*/proof/*.proof.ts').sort((a, b) => a.localeCompare(b));
const chosen = files.filter((file) => wanted.length === 0 || wanted.includes(nameOf(file)));
if (chosen.length < wanted.length) {
  console.error(`There are these proofs: ${files.map(nameOf).join(', ')}`);
  process.exit(1);
}

const tallies: Tally[] = [];
const waiting = [...chosen];
const work = async (): Promise<void> => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
    tallies.push(await runProof({ file, short, seed }));
};
await Promise.all(short ? [work(), work()] : [work()]);
close(addTallies(tallies));

async function runProof(order: ProofOrder): Promise<Tally> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  console.log(`▶ ${nameOf(order.file)} (seed ${order.seed}${order.short ? ', short' : ''})`);
  const outcome = await inOwnProcess(order);
  const durationSeconds = Math.round((performance.now() - started) / 100) / 10;
  const passed = outcome !== undefined;
  console.log(`${passed ? '✓' : '✗'} ${nameOf(order.file)} (${durationSeconds} s)`);

  const name = outcome?.name ?? nameOf(order.file);
  const figures = outcome?.figures ?? {};
  const head = {
    name,
    commit: describeCommit(),
    seed: order.seed,
    short: order.short,
    startedAt,
    durationSeconds,
  };
  const result = `${JSON.stringify({ ...head, machine: describeMachine(), figures, passed }, null, 2)}\n`;
  if (order.short) {
    console.log(`  ${name}: ${JSON.stringify(figures)}`);
  } else {
    mkdirSync('docs/proof', { recursive: true });
    writeFileSync(`docs/proof/${name}.json`, result);
  }
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

/** The outcome, or undefined when the proof threw (the process has printed why). */
function inOwnProcess(order: ProofOrder): Promise<ProofOutcome | undefined> {
  return new Promise((resolve) => {
    const child = fork(new URL('proof-process.ts', import.meta.url), [JSON.stringify(order)]);
    let outcome: ProofOutcome | undefined;
    child.on('message', (message) => (outcome = message as ProofOutcome));
    child.once('close', (status) => resolve(status === 0 ? outcome : undefined));
  });
}
