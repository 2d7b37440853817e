/** What is measured, against what. Both sides run on the same PostgreSQL, in turns, in one process. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The settings that the figures depend on, for the table. */
  readonly settings: string;
  open(at: OpenAt): Promise<OpenScenario>;
}

export interface OpenAt {
  /** The PostgreSQL, empty. */
  readonly url: string;
  /** Only whether everything works. */
  readonly isShort: boolean;
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
