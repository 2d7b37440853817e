import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import { readNetwork, type Address } from './network.ts';

/** What an address is to a sender of webhooks: anybody's, of a network that the operator has named, or refused. */
export type Standing = 'public' | 'allowed' | 'refused';

/** Never throws: what is no address is refused. */
export type AddressGuard = (address: string) => Standing;

/** All that is routed for everybody so far (RFC 4291, §2.4). What lies outside is refused by not being in it. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** IPv4 in the clothes of IPv6: mapped (RFC 4291, §2.5.5.2) and translated (RFC 6052, §2.1). */
const carriersOfIpv4 = ['::ffff:0:0/96', '64:ff9b::/96'].map((text) => ipaddr.IPv6.parseCIDR(text));

/**
 * Judges addresses before anything is sent to them: only what is routed for everybody is reached, and the networks
 * that the operator has named. A server that calls whatever URL it is given is otherwise a door into its own network
 * (OWASP, Server-Side Request Forgery).
 *
 * @example
 * ```ts
 * const standingOf = createAddressGuard(['10.20.0.0/16']);
 * standingOf('10.20.3.4'); // 'allowed'
 * standingOf('169.254.169.254'); // 'refused'
 * ```
 * @throws TypeError for what is no network.
 */
export function createAddressGuard(allow: readonly string[] = []): AddressGuard {
  const networks = allow.map(readNetwork);

  const judge = (address: Address): Standing => {
    if (!networks.some((network) => network[0].kind() === address.kind() && address.match(network)))
      return isPublic(address) ? 'public' : 'refused';
    // Who names a network of translation has not named what can be written in it.
    const carried = ipv4Within(address);
    return carried === null ? 'allowed' : judge(carried);
  };

  return (text) => (isIP(text) === 0 || text.includes('%') ? 'refused' : judge(ipaddr.parse(text)));
}

/** `range` knows the registries of special addresses (IANA, RFC 6890); what it has no name for is unicast. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(globalUnicast);
}

function ipv4Within(address: Address): Address | null {
  if (address.kind() === 'ipv4' || !carriersOfIpv4.some((carrier) => address.match(carrier))) return null;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}
