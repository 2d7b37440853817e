import { setTimeout as sleep } from 'node:timers/promises';
import { runCycle, type Person, type Story } from './cycle.ts';
import type { PersistentCaller } from './persistent-caller.ts';

/** Clients that go through one authorization after the other. */
export interface Load {
  /** Rejects when a client came upon something that must not be. */
  readonly failed: Promise<never>;
  /** Lets every client end the cycle it is in. */
  finish(): Promise<readonly Story[]>;
}

/** Somebody new for every cycle. */
function stranger(number: number, turn: number): Person {
  const name = `person-${number}-${turn}`;
  return { subjectId: name, name, guesses: true };
}

export interface LoadOptions {
  readonly personOf?: (client: number, turn: number) => Person;
  /** Between two cycles of a client, at most. */
  readonly pauseMs?: number;
}

export function startLoad(
  caller: PersistentCaller,
  clients: number,
  { personOf = stranger, pauseMs = 0 }: LoadOptions = {},
): Load {
  const stories: Story[] = [];
  let finishing = false;
  const client = async (number: number): Promise<void> => {
    for (let turn = 1; !finishing; turn += 1) {
      stories.push(await runCycle(caller, personOf(number, turn)));
      if (pauseMs > 0) await sleep(Math.random() * pauseMs);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const failed = running.then(() => new Promise<never>(() => undefined));
  failed.catch(() => (finishing = true)); // told by whoever races with it
  return {
    failed,
    async finish() {
      finishing = true;
      await running;
      return stories;
    },
  };
}
