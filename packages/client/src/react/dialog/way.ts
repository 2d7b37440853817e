/** A code that the person already has: nothing is to be asked for first. */
export function asksNothing(method: string): boolean {
  return method === 'totp' || method === 'recovery-code';
}

/** Asking by it sends nothing and rings nowhere. */
export function isQuiet(method: string): boolean {
  return asksNothing(method) || method === 'passkey';
}

/**
 * Whether the dialog begins by it without being told: what shows digits or a field. A message is sent when the person
 * wants one.
 */
export function beginsByItself(method: string): boolean {
  return method === 'device' || isQuiet(method);
}
