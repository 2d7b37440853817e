import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess } from './process-identity.ts';
import { removeSocketDirectory, socketPath } from './socket-directory.ts';

/** What a running PostgreSQL tells about itself in `postmaster.pid`; see miscadmin.h, LOCK_FILE_LINE_*. */
export interface PostmasterFile {
  readonly pid: number;
  readonly socketDirectory: string;
  readonly status: string;
  /** The command line it was started with. */
  readonly command: string;
}

/** The live postmaster of this data directory, or undefined. */
export function readPostmaster(data: string): PostmasterFile | undefined {
  const lines = readLines(join(data, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || identifyProcess(pid) === undefined) return undefined;
  if (!worksIn(pid, data)) return undefined;
  const command = readLines(join(data, 'postmaster.opts'))[0] ?? '';
  return { pid, socketDirectory: lines[4] ?? '', status: lines[7]?.trim() ?? '', command };
}

/**
 * Removes the lock files of a postmaster that is no more. PostgreSQL does so itself, but by the process id
 * alone: it takes another program that was given the same id, or its own remains that nobody has collected
 * yet (a zombie, usual in containers), for a live one and refuses to start. Server processes that have
 * outlived their postmaster it still finds, by their shared memory.
 */
export async function removeStaleLocks(data: string): Promise<void> {
  if (readPostmaster(data) !== undefined) return;
  const socketDirectory = readLines(join(data, 'postmaster.pid'))[4] || data;
  await removeSocketDirectory(socketDirectory);
  for (const file of [`${socketPath(data)}.lock`, join(data, 'postmaster.pid')])
    await rm(file, { force: true });
}

/**
 * A postmaster's working directory is its data, which stays true when the folder is renamed. Root in a
 * container may not look at it (that takes CAP_SYS_PTRACE), but may read the command line. Where there
 * is no /proc at all, the file is believed.
 */
function worksIn(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    const command = readLines(`/proc/${pid}/cmdline`)[0];
    return command === undefined || command.split('\0').includes(data);
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
