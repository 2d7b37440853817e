import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { EmbeddedPostgresOptions } from '../../src/index.ts';

export interface OwnerInput {
  readonly module: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /** Without a directory: a temporary PostgreSQL. */
  readonly options: Partial<Pick<EmbeddedPostgresOptions, 'directory' | 'cacheDirectory' | 'settings'>>;
}

export type OwnerReport =
  | { ok: true; pid: number; adopted: boolean; startedFresh: boolean; directory: string; url: string }
  | { ok: false; code: string; message: string };

export interface Owner extends AsyncDisposable {
  readonly processId: number;
  readonly report: OwnerReport;
  /** Has it stop PostgreSQL and end. */
  stop(): Promise<void>;
  /** Has it end without stopping anything by itself. */
  end(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
}

const ownModule = new URL('../../src/index.ts', import.meta.url).href;

/** Starts a database in a process of its own and waits for what that process reports. */
export async function startOwner(
  options: OwnerInput['options'],
  {
    module = ownModule,
    runAs,
    env,
  }: { module?: string; runAs?: OwnerInput['runAs']; env?: NodeJS.ProcessEnv } = {},
): Promise<Owner> {
  const input: OwnerInput = { module, options, ...(runAs && { runAs }) };
  const child = fork(new URL('owner-program.ts', import.meta.url), [JSON.stringify(input)], {
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [OwnerReport];
  const leave = async (action: () => void): Promise<void> => {
    action();
    await ended;
  };
  const kill = (): Promise<void> => leave(() => child.kill('SIGKILL'));
  return {
    processId: child.pid ?? 0,
    report,
    stop: () => leave(() => child.send('stop')),
    end: () => leave(() => child.send('end')),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** The report of a start that must have worked. */
export function started(owner: Owner): OwnerReport & { ok: true } {
  if (!owner.report.ok) throw new Error(`did not start: ${JSON.stringify(owner.report)}`);
  return owner.report;
}
