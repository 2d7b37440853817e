/** What is measured, against what. Both sides run on the same PostgreSQL, in turns, in one process. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The settings that the figures depend on, for the table. */
  readonly settings: string;
  open(server: { readonly url: string }): Promise<OpenScenario>;
}

export interface OpenScenario {
  readonly ours: Contender;
  readonly floor: Contender;
  /** Operations in flight at the same time. */
  readonly inFlight: readonly number[];
  close(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** One operation of the scenario, complete. `turn` is unique within a run. */
  run(turn: number): Promise<void>;
}
