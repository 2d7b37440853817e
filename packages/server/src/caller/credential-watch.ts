import type { Caller } from './caller.ts';

/** Looks after callers whose connections last longer than a call. */
export interface CredentialWatch {
  /** Calls `onEnd` once, within a second or so, when the credential has ended. Returns what stops it. */
  watch(caller: Caller, onEnd: () => void): () => void;
  /** Callers that are looked after now. */
  readonly size: number;
  close(): void;
}

export interface CredentialWatchOptions {
  /** Whether the credential itself has ended: a look into memory. */
  readonly hasEnded: (caller: Caller) => Promise<boolean>;
  /** Whether its subject may not act any more: a question to the host, which may take its time. */
  readonly isInactive: (caller: Caller) => Promise<boolean>;
}

const lookMilliseconds = 1_000;
const askedAtOnceMax = 32;

/** Two rounds, each at its own pace: a host that answers slowly makes no revocation late. */
export function createCredentialWatch({ hasEnded, isInactive }: CredentialWatchOptions): CredentialWatch {
  const watched = new Map<Caller, Set<() => void>>();

  async function endIf(isOver: (caller: Caller) => Promise<boolean>, caller: Caller): Promise<void> {
    if (!(await isOver(caller))) return;
    const ends = watched.get(caller) ?? [];
    watched.delete(caller);
    for (const end of ends) end();
  }

  const rounds = [
    createRound(watched, async () => {
      await Promise.all([...watched.keys()].map((caller) => endIf(hasEnded, caller)));
    }),
    createRound(watched, async () => {
      const callers = watched.keys();
      const ask = async (): Promise<void> => {
        for (const caller of callers) await endIf(isInactive, caller);
      };
      await Promise.all(Array.from({ length: askedAtOnceMax }, ask));
    }),
  ];

  return {
    watch(caller, onEnd) {
      const ends = watched.get(caller) ?? new Set();
      watched.set(caller, ends.add(onEnd));
      for (const round of rounds) round.start();
      return () => {
        ends.delete(onEnd);
        if (ends.size === 0 && watched.get(caller) === ends) watched.delete(caller);
      };
    },
    get size() {
      return watched.size;
    },
    close() {
      watched.clear();
      for (const round of rounds) round.stop();
    },
  };
}

interface Round {
  start(): void;
  stop(): void;
}

/** Runs again and again, a second after it has ended, for as long as there is somebody to look after. */
function createRound(watched: { readonly size: number }, run: () => Promise<void>): Round {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  const round = async (): Promise<void> => {
    timer = undefined;
    isRunning = true;
    await run().finally(() => (isRunning = false));
    if (watched.size > 0) start();
  };
  const start = (): void => {
    if (!isRunning) timer ??= setTimeout(() => void round(), lookMilliseconds).unref();
  };
  return { start, stop: () => clearTimeout(timer) };
}
