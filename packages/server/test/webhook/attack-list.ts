import { closedAddress, hasIpv6, honestAddress, ownAddresses } from './canary.ts';
import type { NaiveName } from './naive-senders.ts';

/** One way to make a sender of webhooks knock at the door of its own network. */
export interface Attack {
  readonly title: string;
  /** With `PORT` for the port of the canary. */
  readonly url: string;
  /** What the name servers say, each time they are asked, the last for ever; an error where they say nothing. */
  readonly names?: readonly (readonly string[] | Error)[];
  /** Senders that are taken in: the canary hears them. */
  readonly takesIn: readonly NaiveName[];
  /** How ours ends; default `address_refused`. */
  readonly ends?: number | string;
}

const text = (url: string, ...takesIn: NaiveName[]): Attack => ({ title: JSON.stringify(url), url, takesIn });

/** The spellings that a parser of URLs knows for the loopback addresses. */
const spellings: readonly Attack[] = [
  text('https://127.0.0.1:PORT/', 'asItIs'),
  text('https://127.0.0.1.:PORT/', 'asItIs'),
  text('https://127.1:PORT/', 'asItIs'),
  text('https://127.0.1:PORT/', 'asItIs'),
  text('https://127.0.0.53:PORT/', 'asItIs'),
  text('https://127.255.255.254:PORT/', 'asItIs'),
  text('https://2130706433:PORT/', 'asItIs'),
  text('https://0x7f000001:PORT/', 'asItIs'),
  text('https://0x7F.1:PORT/', 'asItIs'),
  text('https://0x7f.0x0.0x0.0x1:PORT/', 'asItIs'),
  text('https://017700000001:PORT/', 'asItIs'),
  text('https://0177.0.0.1:PORT/', 'asItIs'),
  text('https://00000177.0.0.01:PORT/', 'asItIs'),
  text('https://0.0.0.0:PORT/', 'asItIs', 'judgesTheText'),
  text('https://0:PORT/', 'asItIs', 'judgesTheText'),
  text('https://0x:PORT/', 'asItIs', 'judgesTheText'),
  text('https://%31%32%37.0.0.1:PORT/', 'asItIs'),
  text('https://127%2e0%2E0.1:PORT/', 'asItIs'),
  text('https://１２７.０.０.１:PORT/', 'asItIs'),
  text('https://①②⑦.0.0.1:PORT/', 'asItIs'),
  text('https://127。0。0。1:PORT/', 'asItIs'),
  text('https://127.0.0.1\u00ad:PORT/', 'asItIs'),
  text('https://localhost:PORT/', 'asItIs'),
  text('https://LOCALHOST:PORT/', 'asItIs'),
  text('https://ⓛocalhost:PORT/', 'asItIs'),
  text('https://localhost.:PORT/', 'asItIs', 'judgesTheText'),
];

/** The same written so that a person, or another parser, reads another host. */
const disguises: readonly Attack[] = [
  text('https:127.0.0.1:PORT', 'asItIs'),
  text('https:/127.0.0.1:PORT', 'asItIs'),
  text('https:\\\\127.0.0.1:PORT', 'asItIs'),
  text(' \thttps://127.0.0.1:PORT/', 'asItIs'),
  text('https://127.0.\n0.1:PORT/', 'asItIs'),
  text('HTTPS://127.0.0.1:PORT/', 'asItIs'),
  text('https://127.0.0.1:PORT#@hooks.example.com/', 'asItIs'),
  text('https://127.0.0.1:PORT?@hooks.example.com/', 'asItIs'),
  text('https://127.0.0.1:PORT\\@hooks.example.com/', 'asItIs'),
  text('https://hooks.example.com@127.0.0.1:PORT/'),
  text('https://hooks.example.com:443@127.0.0.1:PORT/'),
  text('https://127.0.0.1:PORT@hooks.example.com/'),
  text('http://127.0.0.1:PORT/', 'asItIs'),
];

const ipv6: readonly Attack[] = [
  text('https://[::1]:PORT/', 'asItIs'),
  text('https://[0:0:0:0:0:0:0:1]:PORT/', 'asItIs'),
  text('https://[0000:0000::0001]:PORT/', 'asItIs'),
  text('https://[::0.0.0.1]:PORT/', 'asItIs'),
  text('https://[::]:PORT/', 'asItIs', 'judgesTheText'),
  text('https://[::ffff:127.0.0.1]:PORT/', 'asItIs', 'judgesTheText'),
  text('https://[::ffff:7f00:1]:PORT/', 'asItIs', 'judgesTheText'),
  text('https://[0:0:0:0:0:FFFF:7F00:0001]:PORT/', 'asItIs', 'judgesTheText'),
  text('https://[::ffff:0.0.0.0]:PORT/', 'asItIs', 'judgesTheText'),
];

/** Of networks that a machine may stand in; what is there is not ours to ask. */
const networks: readonly Attack[] = [
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.254',
  '169.254.169.254',
  '169.254.170.2',
  '2852039166',
  '0xa9fea9fe',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.170',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '[::127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a00:1]',
  '[64:ff9b:1::a00:1]',
  '[100::1]',
  '[2001::1]',
  '[2001:2::1]',
  '[2001:10::1]',
  '[2001:20::1]',
  '[2001:db8::1]',
  '[2002:7f00:1::]',
  '[2002:a00:1::1]',
  '[3fff::1]',
  '[4000::1]',
  '[5f00::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[febf::1]',
  '[fe80::1%lo]',
  '[fe80::1%25lo]',
  '[fec0::1]',
  '[ff02::1]',
  '[::1',
  '::1',
].map((host) => text(`https://${host}:PORT/`));

const own: readonly Attack[] = ownAddresses.map((address) =>
  text(`https://${address.includes(':') ? `[${address}]` : address}:PORT/`, 'asItIs'),
);

const name = (title: string, names: Attack['names'], ...takesIn: NaiveName[]): Attack => ({
  title: `a name that leads to ${title}`,
  url: 'https://hooks.example.com:PORT/',
  names: names ?? [],
  takesIn,
});

const names: readonly Attack[] = [
  name('this machine', [['127.0.0.1']], 'asItIs', 'judgesTheText'),
  name('any address of this machine', [['0.0.0.0']], 'asItIs', 'judgesTheText'),
  name('a mapped address', [['::ffff:127.0.0.1']], 'asItIs', 'judgesTheText'),
  name('the metadata of a cloud', [['169.254.169.254']]),
  name('a private network', [['10.0.0.1']]),
  name('an address with a zone', [['fe80::1%lo']]),
  name('no address', [['127.1']]),
  name('another name', [['localhost']]),
  name('nothing that can be read', [['']]),
  name('two places, of which one is this machine', [[closedAddress, '127.0.0.1']], 'judgesTheFirst'),
  name('two places, of which the first is this machine', [['127.0.0.1', closedAddress]], 'asItIs'),
  name('a hundred places, of which one is private', [[...Array<string>(99).fill(honestAddress), '10.0.0.1']]),
  {
    ...name('this machine, in letters of another script', [['127.0.0.1']], 'asItIs'),
    url: 'https://höoks.example.com:PORT/',
  },
  { ...name('what it spells', [['127.0.0.1']], 'asItIs'), url: 'https://127.0.0.1.nip.example.com:PORT/' },
];

/** The name server says one thing to the judge and another to the client. */
const rebinding: readonly Attack[] = [
  {
    title: 'a name that leads elsewhere when it is asked for again',
    url: 'http://hooks.example.com:PORT/',
    names: [[honestAddress], ['127.0.0.1']],
    takesIn: ['asksAgain'],
    ends: 204,
  },
  {
    title: 'a name that leads elsewhere when it is asked for again, over a closed door',
    url: 'http://hooks.example.com:PORT/',
    names: [[closedAddress], ['127.0.0.1']],
    takesIn: ['asksAgain'],
    ends: 'connection',
  },
  {
    title: 'a name that does not resolve when it is judged',
    url: 'https://hooks.example.com:PORT/',
    names: [new Error('SERVFAIL'), ['127.0.0.1']],
    takesIn: ['pinsIfResolved'],
    ends: 'name_not_resolved',
  },
  {
    title: 'a name without an address when it is judged',
    url: 'https://hooks.example.com:PORT/',
    names: [[], ['127.0.0.1']],
    takesIn: ['pinsIfResolved', 'asksAgain'],
    ends: 'name_not_resolved',
  },
];

/** Of an address that may be sent to: ports of a machine's own services, and names and passwords. */
const unwelcome: readonly Attack[] = [
  ...[1, 22, 25, 110, 143, 445, 1023].map((port) => text(`http://${honestAddress}:${port}/`)),
  text(`http://user:password@${honestAddress}:PORT/`),
  text(`http://user@${honestAddress}:PORT/`),
  text(`http://:password@${honestAddress}:PORT/`),
];

const all = [...spellings, ...disguises, ...ipv6, ...networks, ...own, ...names, ...rebinding, ...unwelcome];

const isIpv6 = ({ url, names: answers = [] }: Attack) =>
  /\/\[(?!::ffff:)/i.test(url) || answers.some((answer) => Array.isArray(answer) && answer[0] === '::1');

/** Without IPv6 nobody is taken in by it. */
export const attackList: readonly Attack[] = all.map((attack) =>
  hasIpv6 || !isIpv6(attack) ? attack : { ...attack, takesIn: [] },
);
