import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [first: Address, bits: number];

/**
 * A network as operators write it: `10.20.0.0/16`, `fd12:3456::/32`. One that begins elsewhere than it says, such as
 * `10.20.0.1/16`, is none: whoever wrote it meant one address, and would have opened 65,536.
 *
 * @throws TypeError
 */
export function readNetwork(text: string): Network {
  const network = parse(text);
  if (network === null) throw new TypeError(`"${text}" is no network such as 10.20.0.0/16`);
  return network;
}

export function isNetwork(text: string): boolean {
  return parse(text) !== null;
}

function parse(text: string): Network | null {
  const [, address = '', bits = ''] = /^([\da-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return null;
  const network = ipaddr.parseCIDR(text);
  const bytesAfter = network[0]
    .toByteArray()
    .map((byte, index) => byte & (255 >> clamp(network[1] - index * 8)));
  return bytesAfter.every((byte) => byte === 0) ? network : null;
}

function clamp(bits: number): number {
  return Math.min(8, Math.max(0, bits));
}
