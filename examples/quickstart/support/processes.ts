import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Every running process with its parent. One that has ended and is not collected yet (a zombie) is not running. */
export function runningProcesses(): ReadonlyMap<number, number> {
  const lines = existsSync('/proc/self/stat') ? linesOfProc() : linesOfPs();
  return new Map(
    lines.flatMap(([pid, parent, state]) =>
      state.startsWith('Z') ? [] : [[Number(pid), Number(parent)] as const],
    ),
  );
}

/** The processes that `root` has started, and those that these have started, and so on; with itself. */
export function processesBelow(root: number): number[] {
  const parents = runningProcesses();
  const below = new Set([root]);
  // A child may be listed before its parent: as often as something new was found.
  for (let found = 0; found < below.size;) {
    found = below.size;
    for (const [pid, parent] of parents) if (below.has(parent)) below.add(pid);
  }
  return [...below];
}

type Line = readonly [pid: string, parent: string, state: string];

function linesOfProc(): Line[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid): Line[] => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may contain spaces: what is wanted stands after the last one.
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [[pid, parent, state]];
    } catch {
      return []; // ended in between
    }
  });
}

function linesOfPs(): Line[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/) as unknown as Line);
}
