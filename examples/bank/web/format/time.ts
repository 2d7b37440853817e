const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const precise = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const long = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const short = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

export const clockOf = (date: Date): string => clock.format(date);
export const preciseClockOf = (date: Date): string => precise.format(date);
export const longDayOf = (date: Date): string => long.format(date);

/** “Today”, “Yesterday”, or the day. */
export function dayOf(date: Date, now: Date): string {
  const ago = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (ago === 0) return 'Today';
  return ago === 1 ? 'Yesterday' : short.format(date);
}

const midnight = (date: Date): number => new Date(date).setHours(0, 0, 0, 0);

/** `4:07`, of seconds that are left. */
export function countdownOf(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
