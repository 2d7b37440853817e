import { readFileSync } from 'node:fs';
import { identifyProcess } from '../../src/process-identity.ts';
import { until } from '../../src/until.ts';

export const isRoot = process.getuid?.() === 0;

/** Waits for the process to end; false when it has not within ten seconds. */
export function ends(pid: number): Promise<boolean> {
  return until(() => identifyProcess(pid) === undefined, 10_000);
}

/** The id of the user a process runs as. */
export function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
