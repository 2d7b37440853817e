import { createAddressGuard } from '../../webhook/address-guard.ts';
import { loopbackNetworks } from '../../webhook/loopback.ts';
import { targetOf } from '../../webhook/target.ts';

/** Whether a URL names a receiver on this machine. No name server is believed: whoever asks one may be sent anywhere. */
export function isOnThisMachine(url: string): boolean {
  const target = targetOf(url);
  if (target === null) return false;
  const { host, isAddress } = target;
  if (isAddress) return createAddressGuard(loopbackNetworks)(host) === 'allowed';
  return host === 'localhost' || host.endsWith('.localhost');
}
