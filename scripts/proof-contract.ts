/**
 * A proof is a program that shows a promise kept over a long run: races, kills, faults. It lies in
 * `packages/<package>/proof/<name>.proof.ts` and exports `proof`. It throws when the promise is broken.
 */
export interface Proof {
  /** Names the result, docs/proof/<name>.json; kebab-case. */
  readonly name: string;
  run(run: ProofRun): Promise<Figures>;
}

export interface ProofRun {
  /** A few seconds, for every change; otherwise as long as the promise takes to be believed. */
  readonly short: boolean;
  /** Whatever is random is drawn from this, so that a failure can be repeated. */
  readonly seed: number;
  /** A line about progress. */
  log(line: string): void;
}

/** What was counted and measured, with the unit in the name: `{ rounds: 20, secondsPerRound: 0.4 }`. */
export type Figures = Readonly<Record<string, unknown>>;
