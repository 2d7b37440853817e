/**
 * The one place of the client that asks for chance and time. Time is read for proofs, and by
 * the dialog, which the server's own time corrects; else only durations are waited for.
 */

/** Between 0 (included) and 1 (excluded): for spreading attempts, never for secrets. */
export function chance(): number {
  return Math.random();
}

/** A new key for one call and its repetitions. `randomUUID` would need a secure context, and a LAN has none. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Milliseconds since 1970, by the clock of the device. */
export function now(): number {
  return Date.now();
}
