/** One second after the first failure, then doubling. With at most five minutes twenty tries are an hour. */
export function retryAfter(failures: number, now: Date, secondsMax = 300): Date {
  return new Date(now.getTime() + Math.min(2 ** (failures - 1), secondsMax) * 1000);
}
