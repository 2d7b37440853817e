import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process id alone is recycled by the system; together with the start time it is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; null where the system does not tell (no /proc and no `ps`). */
  readonly startedAt: string | null;
}

/** The process that has this id now, or undefined when there is none (a zombie has ended, too). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!answersSignals(pid)) return undefined;
  const stat = readProcStat(pid);
  if (stat === undefined) return { pid, startedAt: askPs(pid) };
  return stat.state === 'Z' || stat.state === 'X' ? undefined : { pid, startedAt: stat.startedAt };
}

/** Whether exactly this process still runs. Where a start time is unknown, the id decides alone. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  if (now === undefined) return false;
  return now.startedAt === null || identity.startedAt === null || now.startedAt === identity.startedAt;
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's, but there
  }
}

/** Linux: state and start time (clock ticks since boot, made unique by the id of the boot). */
function readProcStat(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may itself contain spaces and brackets: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const [state, ticks] = [fields[0], fields[19]];
    return state === undefined || ticks === undefined ? undefined : { state, startedAt: `${boot}/${ticks}` };
  } catch {
    return undefined;
  }
}

function askPs(pid: number): string | null {
  try {
    const args = ['-o', 'lstart=', '-p', String(pid)];
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
  } catch {
    return null;
  }
}
