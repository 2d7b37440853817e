const minuteMilliseconds = 60_000;

/** Acts, and then not again for a minute: for what a stranger can cause, so that nobody fills a log with it. */
export function onceAMinute<Given>(act: (given: Given) => void): (given: Given) => void {
  let actedAt = -Infinity;
  return (given) => {
    const now = performance.now();
    if (now - actedAt < minuteMilliseconds) return;
    actedAt = now;
    act(given);
  };
}
