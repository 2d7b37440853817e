/** For how many days what is kept (docs/guides/retention.md). Events and what they tell are the audit log. */
export interface Retention {
  /** Finished requests with their challenges and proofs, ended tokens, revocations, steps of authenticator apps. */
  readonly requestDays: number;
  /** Confirmations that were used or have expired. */
  readonly confirmationDays: number;
  /** After these an event is moved from the end of the log to its archive, where readers find it as before. */
  readonly archiveAfterDays: number;
  /** Whole months of the archive are dropped when all that is in them is older; null: events are kept for ever. */
  readonly eventDays: number | null;
  /** What was delivered to other systems, or given up. */
  readonly deliveryDays: number;
}

/** What is left out, or undefined, is the default. */
export type GivenRetention = { readonly [Name in keyof Retention]?: Retention[Name] | undefined };

export const defaultRetention: Retention = Object.freeze({
  requestDays: 90,
  confirmationDays: 30,
  archiveAfterDays: 7,
  eventDays: null,
  deliveryDays: 30,
});

/** An hour to answer, a day to use the grant, and what clocks differ by: before that nothing is surely over. */
const daysMin = 2;
const daysMax = 36_500;

interface RetentionProblem {
  readonly name: keyof Retention;
  readonly message: string;
}

/** What is wrong with these settings. */
export function retentionProblems(given: GivenRetention): RetentionProblem[] {
  const retention = withDefaults(given);
  const { requestDays, confirmationDays, archiveAfterDays, eventDays } = retention;
  const names = Object.keys(defaultRetention) as (keyof Retention)[];
  const outside = names
    .filter((name) => {
      const days = retention[name];
      return days !== null && !(Number.isInteger(days) && days >= daysMin && days <= daysMax);
    })
    .map((name) => ({ name, message: `a whole number of days from ${daysMin} to ${daysMax}` }));
  if (outside.length > 0 || eventDays === null) return outside;
  // What is still there has its whole history beside it.
  const eventDaysMin = Math.max(requestDays, confirmationDays, archiveAfterDays) + daysMin;
  if (eventDays >= eventDaysMin) return [];
  const message = `null, or at least ${eventDaysMin}: ${daysMin} more than what the events are about`;
  return [{ name: 'eventDays', message }];
}

/** @throws RangeError naming the first setting that is wrong. */
export function retentionOf(given: GivenRetention = {}): Retention {
  const [problem] = retentionProblems(given);
  if (problem) throw new RangeError(`retention.${problem.name}: ${problem.message}`);
  return withDefaults(given);
}

function withDefaults(given: GivenRetention): Retention {
  const named = Object.entries(given).filter(([, days]) => days !== undefined);
  return { ...defaultRetention, ...Object.fromEntries(named) };
}

/** So many days before. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}
