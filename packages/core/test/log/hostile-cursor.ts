import { toBase32 } from '../../src/base32.ts';
import type { Random } from '../../testing/random.ts';

const bytesOfPlace = 32;

/** Cursors that somebody would write by hand. */
export const hostileCursors: readonly string[] = [
  '',
  ' ',
  'evt_',
  'evt_0',
  `evt_${'0'.repeat(52)}`,
  `evt_${'0'.repeat(51)}`,
  `evt_${'0'.repeat(53)}`,
  `evt_${'z'.repeat(52)}`,
  `evt_${'Z'.repeat(52)}`,
  `evt_${'o'.repeat(52)}`,
  `evt_${'０'.repeat(52)}`,
  `EVT_${'0'.repeat(52)}`,
  `areq_${'0'.repeat(26)}`,
  `chal_${'0'.repeat(52)}`,
  `cur_${'0'.repeat(26)}`,
  `evt_${'0'.repeat(196)}`,
  `evt_${'0'.repeat(197)}`,
  '-1',
  '0',
  '99999999999999999999999999',
  'NaN',
  'null',
  '__proto__',
  "evt_' OR true --",
  '(2147483647,18446744073709551615)',
  '\u0000',
  'evt_\u0000',
  '\ud800',
  ...['7fffffff', '80000000', 'ffffffff'].flatMap((epoch) =>
    ['0000000000000000', '7fffffffffffffff', '8000000000000000', 'ffffffffffffffff'].map((txid) =>
      placeOf(epoch + txid + '7fffffff' + 'f'.repeat(32)),
    ),
  ),
  placeOf('00000001' + '0000000000000001' + 'ffffffff' + '0'.repeat(32)),
];

function placeOf(hex: string): string {
  return `evt_${toBase32(Buffer.from(hex, 'hex'))}`;
}

/** Chance takes the place of the hand: random places, true ones with some bits turned, parts, other prefixes. */
export function hostileCursor(random: Random, ids: readonly string[]): string {
  const id = random.pick(ids);
  switch (random.integer(6)) {
    case 0:
      return `evt_${toBase32(randomBytes(random, bytesOfPlace))}`;
    case 1:
      return placeWithFewZeros(random);
    case 2:
      return turned(random, id);
    case 3:
      return `${random.pick(['areq_', 'chal_', 'cur_', 'conf_', 'evt', ''])}${id.slice(4)}`;
    case 4:
      return (
        id.slice(0, random.integer(id.length)) +
        random.pick(['', '0', 'z', '-', 'I', '\u0000']) +
        id.slice(-random.integer(9))
      );
    default:
      return id;
  }
}

/** Early in the log: an epoch and a transaction that there were. */
function placeWithFewZeros(random: Random): string {
  const bytes = randomBytes(random, bytesOfPlace);
  bytes.fill(0, 0, 3);
  bytes[3] = random.integer(3);
  bytes.fill(0, 4, 9);
  bytes.fill(0, 12, 15);
  return `evt_${toBase32(bytes)}`;
}

function turned(random: Random, id: string): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  const characters = id.split('');
  for (let times = 1 + random.integer(4); times > 0; times -= 1) {
    const place = 4 + random.integer(characters.length - 4);
    const value = alphabet.indexOf(characters[place] ?? '0');
    characters[place] = alphabet.charAt(value ^ (1 << random.integer(5)));
  }
  return characters.join('');
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(256)));
}
