import type { EventView, Logger } from '@countersign/core';
import type { EventWords } from '../dev/demo.ts';

/** What a command tells while it starts and runs: in words, or as JSON lines for machines. */
export interface Report {
  begin(mode: 'development' | 'production'): void;
  /** One thing that is done, and how long that took. */
  step(step: Step): void;
  /** Where to go from here. */
  doors(doors: readonly Door[]): void;
  /** An event: for a person in these words, where there are any; for a machine as it is. */
  event(event: EventView, words?: EventWords | null): void;
  /** What a demo says that is no event: for a person only. */
  tell(words: EventWords): void;
  /** Something a person may want to know, in a sentence. */
  note(text: string): void;
  onStopping(): void;
  /** Something could not be ended properly. */
  onFailure(error: unknown): void;
  readonly logger: Logger;
}

export interface Step {
  readonly name: string;
  readonly text: string;
  readonly milliseconds?: number | undefined;
  /** The same for machines. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Door {
  readonly name: string;
  readonly at: string;
  readonly what: string;
}
