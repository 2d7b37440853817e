import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { dirname } from 'node:path';
import type { RunAs } from './run-as.ts';

/**
 * Starts one of PostgreSQL's programs. The environment is nearly empty on purpose: PGPORT, PGDATA,
 * LD_PRELOAD or a locale of the person's shell must not change the database. The working directory is
 * one that the unprivileged user can read; without that the programs refuse to start.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  user: RunAs | undefined,
  stdio: StdioOptions,
): ChildProcess {
  return spawn(program, args, {
    cwd: dirname(program),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    // A session of its own: Ctrl-C in the terminal reaches the program that uses the database, which
    // may want to finish its work and then stop the database itself.
    detached: true,
    stdio,
    ...user,
  });
}
