/** What a command started and must end, in the order of its start. */
export interface Shutdown {
  /** Waits for `start`, and ends it when the process is told to stop: also when that comes while it starts. */
  own<Started>(start: Promise<Started>, end: (started: Started) => Promise<void>): Promise<Started>;
}

export interface ShutdownOptions {
  readonly onStopping: () => void;
  /** Something could not be ended; the others are ended all the same. */
  readonly onFailure: (error: unknown) => void;
}

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/**
 * Runs a command that stays until it is told to stop. The first signal ends what it owns, last started
 * first, and exits with 0, or 1 when something did not end. A second signal exits at once, with the code
 * that shells expect; the embedded database then hears of it from its own guard.
 *
 * @throws what `run` throws, after everything that had started was ended.
 */
export async function runUntilStopped(
  options: ShutdownOptions,
  run: (shutdown: Shutdown) => Promise<void>,
): Promise<void> {
  const owned: (() => Promise<void>)[] = [];
  let ending: Promise<boolean> | undefined;

  const endAll = async (): Promise<boolean> => {
    let clean = true;
    for (const end of owned.toReversed()) {
      await end().catch((error: unknown) => {
        clean = false;
        options.onFailure(error);
      });
    }
    return clean;
  };

  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => {
      if (ending !== undefined) process.exit(128 + number);
      options.onStopping();
      ending = endAll();
      void ending.then((clean) => process.exit(clean ? 0 : 1));
    });
  }

  /** Told to stop while something started: what comes next must not begin. The exit comes from the signal. */
  const holdWhileEnding = async () => ending && (await new Promise<never>(() => undefined));

  const own: Shutdown['own'] = async (start, end) => {
    owned.push(() => start.then(end, () => undefined));
    const started = await start;
    await holdWhileEnding();
    return started;
  };

  try {
    await run({ own });
  } catch (error) {
    await holdWhileEnding();
    await endAll();
    throw error;
  }
}
