import { runCycle, type Story } from './cycle.ts';
import type { PersistentCaller } from './persistent-caller.ts';

/** Clients that go through one authorization after the other. */
export interface Load {
  /** Rejects when a client came upon something that must not be. */
  readonly failed: Promise<never>;
  /** Lets every client end the cycle it is in. */
  finish(): Promise<readonly Story[]>;
}

export function startLoad(caller: PersistentCaller, clients: number): Load {
  const stories: Story[] = [];
  let finishing = false;
  const client = async (number: number): Promise<void> => {
    for (let turn = 1; !finishing; turn += 1)
      stories.push(await runCycle(caller, `person-${number}-${turn}`));
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
