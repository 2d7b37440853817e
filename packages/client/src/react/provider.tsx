import { createContext, useContext, type ReactNode } from 'react';
import type { CountersignClient } from '../countersign-client.ts';

const ClientContext = createContext<CountersignClient | null>(null);

export interface CountersignProviderProps {
  /** Made once, outside of any component: its streams and its handlers are its own. */
  readonly client: CountersignClient;
  readonly children?: ReactNode;
}

/** The client that everything of this door below it uses. It closes nothing: whoever made the client does. */
export function CountersignProvider({ client, children }: CountersignProviderProps): ReactNode {
  return <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
}

/** @throws TypeError outside of a CountersignProvider. */
export function useCountersignClient(): CountersignClient {
  const client = useContext(ClientContext);
  if (client === null) throw new TypeError('There is no <CountersignProvider client={…}> around this.');
  return client;
}
