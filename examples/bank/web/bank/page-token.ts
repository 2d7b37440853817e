interface Held {
  /** Null is what a repeated call would answer; a page never repeats one. */
  readonly token: string | null;
  readonly expiresAt: string;
}

/** Asks for another one a minute before the last one ends; calls at the same time ask once. */
const earlyMilliseconds = 60_000;

/** Keeps a token in memory for as long as it is good. */
export function keepToken(ask: () => Promise<Held>): () => Promise<string | null> {
  let held: Promise<Held> | null = null;
  return async () => {
    const last = await held?.catch(() => null);
    if (last && Date.parse(last.expiresAt) - earlyMilliseconds > Date.now()) return last.token;
    held = ask();
    return (await held).token;
  };
}
