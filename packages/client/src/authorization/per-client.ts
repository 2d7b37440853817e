import type { CountersignClient } from '../countersign-client.ts';

/** What is kept for each client, and goes with it. */
export function perClient<Kept>(create: () => Kept): (client: CountersignClient) => Kept {
  const all = new WeakMap<CountersignClient, Kept>();
  return (client) => {
    const kept = all.get(client) ?? create();
    all.set(client, kept);
    return kept;
  };
}
