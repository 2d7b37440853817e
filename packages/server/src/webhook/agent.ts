import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { webhookLimits } from './limits.ts';

export interface AgentOptions {
  readonly isEncrypted: boolean;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string | undefined;
}

/**
 * Makes one connection, to one of these addresses, and keeps nothing of it. The client looks nothing up: it is handed
 * the addresses, and keeps the name for the certificate (RFC 9110, §4.3.4) and the `Host` header.
 */
export function agentTo(
  addresses: readonly LookupAddress[],
  { isEncrypted, ca }: AgentOptions,
): http.Agent | https.Agent {
  const connection = {
    keepAlive: false,
    // An object without a proxy: left out, the agent may take that of the environment.
    proxyEnv: {},
    lookup: handOut(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: webhookLimits.nextAddressMilliseconds,
  };
  if (!isEncrypted) return new http.Agent(connection);
  return new https.Agent({
    ...connection,
    maxCachedSessions: 0,
    minVersion: 'TLSv1.2',
    // Said, so that no variable of the environment can say otherwise.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  });
}

function handOut(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error('no address was judged'), '', 0);
    else if (all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}
