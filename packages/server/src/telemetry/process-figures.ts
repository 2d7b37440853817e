import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

export interface ProcessFigures {
  readonly delaySeconds: { readonly median: number; readonly p99: number; readonly max: number };
  readonly utilization: number;
  readonly memory: NodeJS.MemoryUsage;
  readonly startedAtSeconds: number;
}

const resolutionMilliseconds = 20;
const nanosecondsPerSecond = 1e9;

/** Of the process itself; what is a share or a quantile is of the time since it was last asked. */
export function watchProcess(): { take(): ProcessFigures; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const seconds = (nanoseconds: number) =>
    Math.max(0, nanoseconds / nanosecondsPerSecond - resolutionMilliseconds / 1000);
  return {
    take() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      const delaySeconds = {
        median: seconds(delay.percentile(50)),
        p99: seconds(delay.percentile(99)),
        max: seconds(delay.max),
      };
      before = now;
      delay.reset();
      const startedAtSeconds = performance.timeOrigin / 1000;
      return { delaySeconds, utilization, memory: process.memoryUsage(), startedAtSeconds };
    },
    close: () => void delay.disable(),
  };
}
