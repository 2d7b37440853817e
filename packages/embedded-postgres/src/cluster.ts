import type { Binaries } from './binaries.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { RunAs } from './run-as.ts';

/** A data directory, and everything that decides how PostgreSQL is started on it. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly data: string;
  readonly user: RunAs | undefined;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** The PostgreSQL that serves a cluster. */
export interface Postmaster {
  readonly identity: ProcessIdentity;
  readonly socketDirectory: string;
  readonly adopted: boolean;
}

/** Long enough to recover a large log after a power cut. */
export const startTimeoutMs = 60_000;
