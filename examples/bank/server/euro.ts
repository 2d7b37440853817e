/** `€ 2,500.00`: the same on every machine, whatever its language. */
export function euro(cents: number): string {
  return `€ ${(cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
}
