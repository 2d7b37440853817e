/** The process of one proof, so that proofs share neither memory nor load. Started by proof.ts. */
import { pathToFileURL } from 'node:url';
import type { Proof, ProofRun } from './proof-contract.ts';

export interface ProofOrder extends Omit<ProofRun, 'log'> {
  readonly file: string;
}

export interface ProofOutcome {
  readonly name: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const { file, short, seed } = JSON.parse(process.argv[2] ?? '') as ProofOrder;
const { proof } = (await import(pathToFileURL(file).href)) as { proof: Proof };
const figures = await proof.run({ short, seed, log: (line) => console.log(`  ${proof.name}: ${line}`) });
process.send?.({ name: proof.name, figures } satisfies ProofOutcome, () => process.exit());
