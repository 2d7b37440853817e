/** A moment for a person, the same everywhere: `2026-11-22 14:03:22 UTC`; nothing for none. */
export function moment(date: Date | null): string {
  return date === null ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
