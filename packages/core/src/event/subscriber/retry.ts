const secondsMax = 300;

/** One second after the first failure, doubling, at most five minutes. Twenty tries are an hour. */
export function retryAfter(failures: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(2 ** (failures - 1), secondsMax) * 1000);
}
