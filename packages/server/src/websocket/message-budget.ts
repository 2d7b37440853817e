/** How many messages of a connection are still read in this minute. */
export interface MessageBudget {
  /** Whether one more is allowed; it is counted when it is. `nowMs`: of a clock that never goes back. */
  take(nowMs: number): boolean;
}

/** A minute, and the second that has begun: so `perMinuteMax` holds in any sixty seconds. */
const secondsKept = 61;

export function createMessageBudget(perMinuteMax: number): MessageBudget {
  // Made with the first message: an idle connection costs nothing.
  let perSecond: Uint16Array | undefined;
  let total = 0;
  let latest = 0;
  return {
    take(nowMs) {
      const second = Math.floor(nowMs / 1000);
      perSecond ??= new Uint16Array(secondsKept);
      for (let passed = Math.max(latest, second - secondsKept) + 1; passed <= second; passed += 1) {
        total -= perSecond[passed % secondsKept] ?? 0;
        perSecond[passed % secondsKept] = 0;
      }
      latest = second;
      if (total >= perMinuteMax) return false;
      perSecond[second % secondsKept] = (perSecond[second % secondsKept] ?? 0) + 1;
      total += 1;
      return true;
    },
  };
}
