/**
 * How strongly a proof is tied to the data of the operation, weakest first: `none` (an authenticator app
 * knows nothing of it), `server` (the message that carried the code showed it), `cryptographic` (a key
 * signed its hash).
 */
export const bindings = ['none', 'server', 'cryptographic'] as const;
export type Binding = (typeof bindings)[number];

export function satisfiesBinding(actual: Binding, required: Binding): boolean {
  return bindings.indexOf(actual) >= bindings.indexOf(required);
}
