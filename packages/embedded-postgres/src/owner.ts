import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { EmbeddedPostgresError } from './error.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

/** What stands in the lock file: the process, and a nonce that makes this very claim unique. */
interface Claim extends ProcessIdentity {
  readonly nonce: string;
}

/** Lies in the directory that is owned. */
export const ownerFile = 'owner.json';

export interface Ownership {
  release(): Promise<void>;
}

/**
 * Makes this process the only owner of `lockFile`, or says which process is.
 *
 * Node has no flock, and "see a stale file, delete it, create mine" lets two processes win when both
 * saw the same stale file. So: a claim is created complete and exclusively (link of a finished file),
 * and a stale claim is replaced only under a second lock whose name contains the nonce of the stale
 * claim, after looking again. That second lock is taken by this same function, so a crash in the
 * middle of a takeover heals as well.
 *
 * PostgreSQL's own postmaster.pid protects the data from two postmasters; this protects a running
 * postmaster from two owners, of which the first to stop would take the database from the other.
 */
export async function takeOwnership(lockFile: string): Promise<Ownership> {
  const mine: Claim = { ...(identifyProcess(process.pid) as ProcessIdentity), nonce: randomUUID() };
  const draft = `${lockFile}.${mine.nonce}.draft`;
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx', mode: 0o644 });
  try {
    await claim(lockFile, draft);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release: async () => {
      if ((await readClaim(lockFile))?.nonce === mine.nonce) await rm(lockFile, { force: true });
    },
  };
}

async function claim(lockFile: string, draft: string): Promise<void> {
  while (!(await linkExclusively(draft, lockFile))) {
    const current = await readClaim(lockFile);
    if (current === undefined) continue; // released between the two lines
    if (isRunning(current)) {
      throw new EmbeddedPostgresError('already_open', `already open in process ${current.pid} (${lockFile})`);
    }
    if (await replaceStale(lockFile, draft, current)) return;
  }
}

async function replaceStale(lockFile: string, draft: string, stale: Claim): Promise<boolean> {
  const takeover = await takeOwnership(`${lockFile}.${stale.nonce}`);
  try {
    if ((await readClaim(lockFile))?.nonce !== stale.nonce) return false;
    await rename(draft, lockFile);
    return true;
  } finally {
    await takeover.release();
  }
}

async function linkExclusively(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** An unreadable file (a power cut before it reached the disk) is nobody's claim: no process has that id. */
async function readClaim(lockFile: string): Promise<Claim | undefined> {
  let text: string;
  try {
    text = await readFile(lockFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { pid, startedAt, nonce } = JSON.parse(text) as Claim;
    if (Number.isInteger(pid) && pid > 0 && /^[\w-]+$/.test(nonce)) return { pid, startedAt, nonce };
  } catch {
    // fall through: not JSON
  }
  return { pid: 0x7fff_ffff, startedAt: 'never', nonce: 'unreadable' };
}
