import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunAs } from './run-as.ts';

/** The number in the socket's name. No port is ever opened. */
export const socketPort = 5432;
const socketName = `.s.PGSQL.${socketPort}`;
const prefix = 'countersign-socket-';

/** The kernel's limit for the path of a Unix socket, without the closing zero byte. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

export function socketPath(socketDirectory: string): string {
  return join(socketDirectory, socketName);
}

/**
 * The data directory itself, which nobody else can enter, or where its path is too long for a socket a
 * fresh folder with the same permissions. That one is in /tmp whatever TMPDIR says: it must be short.
 */
export async function makeSocketDirectory(data: string, user: RunAs | undefined): Promise<string> {
  if (Buffer.byteLength(socketPath(data)) <= socketPathBytesMax) return data;
  const directory = await mkdtemp(`/tmp/${prefix}`);
  await chmod(directory, 0o700);
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  return directory;
}

export async function removeSocketDirectory(socketDirectory: string): Promise<void> {
  if (basename(socketDirectory).startsWith(prefix))
    await rm(socketDirectory, { recursive: true, force: true });
}
