import type { Call, Outcome, SentMessage, Side } from './call.ts';
import type { Ground } from './open-side.ts';
import { openSide, type RunningSide } from './side.ts';

/** What a worker process is asked. */
export interface Job {
  readonly number: number;
  readonly side: Side;
  /** The moment at which its clock stands still; null: the time goes on. */
  readonly now: number | null;
  readonly calls: readonly Call[];
}

export interface JobReport {
  readonly number: number;
  readonly outcomes: readonly Outcome[];
  readonly messages: readonly SentMessage[];
}

/** One process of a crew: opens the sides it is asked for, once, and runs calls against them until told to end. */
const ground = JSON.parse(process.argv[2] ?? '') as Ground;
const open = new Map<string, Promise<RunningSide>>();

async function work({ number, side, now, calls }: Job): Promise<JobReport> {
  const name = JSON.stringify(side);
  const running = open.get(name) ?? openSide(side, ground);
  open.set(name, running);
  const attacked = await running;
  attacked.stopClock(now);
  const outcomes = await attacked.run(calls);
  return { number, outcomes, messages: attacked.takeMessages() };
}

process.on('message', (job: Job) => {
  work(job).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
