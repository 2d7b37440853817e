/** One scenario, ready to run: `npm run bench -- <name>`. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  /** The settings that the figures depend on, for the table. */
  readonly settings: string;
  run(effort: Effort): Promise<Measured>;
}

export interface Effort {
  /** Only whether everything works: a few seconds, and figures that mean nothing. */
  readonly isShort: boolean;
  /** Of ours and of what it is compared with, in turns. */
  readonly rounds: number;
  readonly millisecondsPerRound: number;
}

export interface Measured {
  /** What results/<name>.json keeps. */
  readonly figures: unknown;
  /** The same for people. */
  readonly lines: readonly string[];
}
