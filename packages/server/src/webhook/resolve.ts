import { Resolver } from 'node:dns/promises';

/** Every address that a name has now, of both families. Rejects or answers none when it leads nowhere. */
export type Resolve = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

export interface ResolverOptions {
  /** Default: those of the system. */
  readonly servers?: readonly string[];
}

/**
 * Asks name servers, and nothing else: no file of hosts, no search domains. `dns.lookup` asks the system, which has
 * both, but it holds one of the four threads of the process for as long as a name server keeps silent, and cannot be
 * stopped: four endpoints with such a server would hold up every look-up, file and password hash of the process.
 */
export function createResolve({ servers }: ResolverOptions = {}): Resolve {
  return async (name, signal) => {
    // RFC 6761, §6.3: nobody is to be asked.
    if (/(?:^|\.)localhost$/.test(name)) return ['127.0.0.1', '::1'];
    const resolver = new Resolver();
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      // Of two families one may be missing. What is not known is not connected to either.
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}
