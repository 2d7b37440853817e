import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../src/webhook/address-guard.ts';
import { isNetwork } from '../../src/webhook/network.ts';

/** The first and the last address of what nobody is sent to. */
const refused = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  'private 10/8': ['10.0.0.0', '10.255.255.255'],
  'shared 100.64/10': ['100.64.0.0', '100.127.255.255'],
  loopback: ['127.0.0.0', '127.255.255.255'],
  'link-local, with the metadata of clouds': ['169.254.0.0', '169.254.255.255'],
  'private 172.16/12': ['172.16.0.0', '172.31.255.255'],
  'IETF protocol assignments': ['192.0.0.0', '192.0.0.255'],
  'documentation 1': ['192.0.2.0', '192.0.2.255'],
  'relays of 6to4': ['192.88.99.0', '192.88.99.255'],
  'private 192.168/16': ['192.168.0.0', '192.168.255.255'],
  benchmarks: ['198.18.0.0', '198.19.255.255'],
  'documentation 2': ['198.51.100.0', '198.51.100.255'],
  'documentation 3': ['203.0.113.0', '203.0.113.255'],
  multicast: ['224.0.0.0', '239.255.255.255'],
  'reserved, and the broadcast': ['240.0.0.0', '255.255.255.255'],
  'IPv6: unspecified, loopback, compatible with IPv4': ['::', '::1', '::2', '::7f00:1', '::ffff:ffff'],
  'IPv6: mapped IPv4': ['::ffff:0:0', '::ffff:1.1.1.1', '::ffff:ffff:ffff'],
  'IPv6: translated IPv4': ['::ffff:0:0:0', '::ffff:0:ffff:ffff', '64:ff9b::', '64:ff9b::ffff:ffff'],
  'IPv6: translated IPv4, local use': ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  'IPv6: discarded': ['100::', '100::ffff:ffff:ffff:ffff', '100:0:0:1::'],
  'IPv6: IETF protocol assignments, Teredo, ORCHID': [
    '2001::',
    '2001:0:ffff::',
    '2001:10::',
    '2001:1ff:ffff::',
  ],
  'IPv6: documentation': [
    '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff::',
    '3fff:fff:ffff::',
  ],
  'IPv6: 6to4': ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'IPv6: not given to anybody': ['1::', '1fff::', '4000::', '5f00::', '8000::', 'f000::', 'fbff::'],
  'IPv6: private': ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'IPv6: link-local and site-local': ['fe00::', 'fe80::', 'febf:ffff::', 'fec0::', 'feff:ffff::'],
  'IPv6: multicast': ['ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'with a zone': ['fe80::1%eth0', '2606:4700::1111%eth0'],
  'no address': [
    '',
    'localhost',
    '127.1',
    '010.0.0.1',
    '1.1.1',
    '2130706433',
    '0x7f.0.0.1',
    '[::1]',
    '1.1.1.1 ',
  ],
} as const;

/** The neighbours of those, which belong to somebody. */
const open = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '191.255.255.255',
  '192.0.1.0',
  '192.0.3.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::',
  '2001:db7:ffff::',
  '2001:db9::',
  '2003::',
  '2606:4700::1111',
  '3ffe:ffff::',
  '3fff:1000::',
];

describe('the guard of addresses', () => {
  it('lets nobody be reached who is not public, from the first address of each such network to the last', () => {
    const standingOf = createAddressGuard();
    for (const [network, addresses] of Object.entries(refused))
      for (const address of addresses) expect(standingOf(address), `${network}: ${address}`).toBe('refused');
    for (const address of open) expect(standingOf(address), address).toBe('public');
  });

  it('opens exactly the networks that the operator has named', () => {
    const standingOf = createAddressGuard(['10.20.0.0/16', '127.0.0.1/32', 'fd12:3456::/32']);
    for (const address of ['10.20.0.0', '10.20.255.255', '127.0.0.1', 'fd12:3456:ffff::1'])
      expect(standingOf(address), address).toBe('allowed');
    for (const address of [
      '10.19.255.255',
      '10.21.0.0',
      '127.0.0.2',
      '::1',
      'fd12:3457::',
      '::ffff:10.20.0.1',
    ])
      expect(standingOf(address), address).toBe('refused');
    expect(standingOf('1.1.1.1')).toBe('public');
  });

  it('opens with a network of translation nothing that could not be reached without it', () => {
    for (const allow of [['64:ff9b::/96', '::ffff:0:0/96'], ['::/0']]) {
      const standingOf = createAddressGuard(allow);
      for (const address of [
        '64:ff9b::7f00:1',
        '64:ff9b::10.0.0.1',
        '::ffff:127.0.0.1',
        '::ffff:169.254.169.254',
      ])
        expect(standingOf(address), address).toBe('refused');
      expect(standingOf('64:ff9b::1.1.1.1')).toBe('public');
    }
    expect(createAddressGuard(['64:ff9b::/96', '10.0.0.0/8'])('64:ff9b::10.0.0.1')).toBe('allowed');
  });

  it('takes no network that says more than was meant, or nothing', () => {
    for (const network of [
      '10.20.0.0/16',
      '0.0.0.0/0',
      '127.0.0.1/32',
      '::1/128',
      'fd00::/8',
      '10.128.0.0/9',
    ])
      expect(isNetwork(network), network).toBe(true);
    for (const network of [
      '',
      '10.20.0.0',
      '10.20.0.1/16',
      '10.129.0.0/9',
      '10.20.0.0/33',
      '10.20.0.0/255.255.0.0',
      '10.20/16',
      '010.0.0.0/8',
      '10.0.0.0/-1',
      '10.0.0.0/8 ',
      'localhost/8',
      'fd00::1/8',
      '::/129',
      'fe80::%lo/10',
      '*',
    ]) {
      expect(isNetwork(network), network).toBe(false);
      expect(() => createAddressGuard([network]), network).toThrow(TypeError);
    }
  });
});
