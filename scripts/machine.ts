import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** What a figure was measured on; without it the figure says nothing. */
export function describeMachine(): Readonly<Record<string, string | number>> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** The commit of the sources, marked when they differ from it; null outside of a git checkout. */
export function describeCommit(): string | null {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    // The proofs' own results do not make the sources another version.
    const changes = git('status', '--porcelain', '--', ':!docs/proof');
    return git('rev-parse', 'HEAD') + (changes === '' ? '' : ' with local changes');
  } catch {
    return null;
  }
}
