/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** `note`: works, and deserves a look. `problem`: somebody has to do something. */
  readonly state: 'ok' | 'note' | 'problem';
  readonly says: string;
  /** One way out of it. */
  readonly wayOut?: string;
}

/** "3 factors", "1 service key" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** "40 s", "12 min", "3 h", "5 days" */
export function lasting(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** "640 KB", "3.2 GB" */
export function sized(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  let size = bytes / 1024;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit += 1) size /= 1024;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
