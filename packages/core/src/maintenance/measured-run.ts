import type { CoreServices } from '../context.ts';
import type { CoreMeasures, LabelsOf } from '../telemetry.ts';

type Job = LabelsOf<CoreMeasures['job_runs']>['job'];

/**
 * One run of a background job, counted: `run` answers how many rows it wrote or removed, or null when another node is at
 * it. What it throws is counted as failed and goes on.
 */
export async function measuredRun(
  { clock, telemetry }: Pick<CoreServices, 'clock' | 'telemetry'>,
  job: Job,
  run: () => Promise<number | null>,
): Promise<number | null> {
  const startedAt = clock.now().getTime();
  try {
    const rows = await run();
    telemetry.add('job_runs', { job, outcome: rows === null ? 'busy' : 'done' });
    if (rows === null || rows === 0) return rows;
    telemetry.add('job_rows', { job }, rows);
    telemetry.observe('job_seconds', Math.max(0, clock.now().getTime() - startedAt) / 1000, { job });
    return rows;
  } catch (error) {
    telemetry.add('job_runs', { job, outcome: 'failed' });
    throw error;
  }
}
