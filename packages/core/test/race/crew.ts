import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Call, Outcome, SentMessage, Side } from './call.ts';
import type { Ground } from './open-side.ts';
import type { Job, JobReport } from './worker-program.ts';

export interface Raced {
  /** In the order of the calls. */
  readonly outcomes: readonly Outcome[];
  readonly messages: readonly SentMessage[];
}

/** Some processes that call at the same time. Started once, used for every round. */
export interface Crew extends AsyncDisposable {
  /** Deals the calls out to the processes, which run theirs all at once. */
  race(side: Side, calls: readonly Call[], now?: number | null): Promise<Raced>;
}

/** Node reads the sources as they are; packages of this workspace from their sources too. */
const execArgv = ['--conditions=@countersign/source'];

export async function startCrew(size: number, ground: Ground): Promise<Crew> {
  const workers = Array.from({ length: size }, () => startWorker(ground));
  return {
    async race(side, calls, now = null) {
      const hands = workers.map((_, worker) => calls.filter((__, index) => index % size === worker));
      const reports = await Promise.all(
        workers.map((worker, index) => worker.ask({ side, now, calls: hands[index] ?? [] })),
      );
      return {
        outcomes: calls.map(
          (_, index) => reports[index % size]?.outcomes[Math.floor(index / size)] as Outcome,
        ),
        messages: reports.flatMap(({ messages }) => messages),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

function startWorker(ground: Ground) {
  const child = fork(new URL('worker-program.ts', import.meta.url), [JSON.stringify(ground)], {
    execArgv,
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve(report: JobReport): void; reject(error: Error): void }>();
  let asked = 0;
  child.on('message', (report: JobReport) => {
    waiting.get(report.number)?.resolve(report);
    waiting.delete(report.number);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`a worker process ended with ${code}`));
  });
  return {
    async ask(job: Omit<Job, 'number'>): Promise<JobReport> {
      if (!child.connected) throw new Error('a worker process is gone');
      asked += 1;
      const number = asked;
      const report = new Promise<JobReport>((resolve, reject) => waiting.set(number, { resolve, reject }));
      child.send({ ...job, number });
      return await report;
    },
    end: () => endOf(child),
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
