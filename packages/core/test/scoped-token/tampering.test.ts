import { describe, expect, it } from 'vitest';
import { attenuateScopedToken, mintScopedToken } from '../../src/scoped-token/index.ts';
import { base64url, claims, handMade, key, kid, mended, refused, verify, withChecksum } from './hand-made.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~';
const minted = mintScopedToken({ key, kid, claims });
const once = attenuateScopedToken(minted, { cid: 'c1', exp: claims.iat + 600 });
const twice = attenuateScopedToken(once, { scp: { rpc: { q: ['invoice.list'] } } });
const other = mintScopedToken({
  key,
  kid,
  claims: { ...claims, sub: 'alan', jti: 'EBESExQVFhcYGRobHB0eHw' },
});
const otherOnce = attenuateScopedToken(other, { cid: 'c1', exp: claims.iat + 600 });

const genuine = new Set([minted, once, twice, other, otherOnce]);

/** As it is, and with its checksum mended, so that not the checksum alone refuses. */
function expectRefused(text: string): void {
  const accepted = [text, mended(text)].filter((token) => !genuine.has(token) && verify(token).ok);
  if (accepted.length > 0) expect(accepted).toEqual([]);
}

const parts = (token: string) => {
  const [, keyId = '', body = '', end = ''] = token.split('.');
  const [authority = '', ...blocks] = body.split('~');
  return { keyId, authority, blocks, end };
};
const joined = ({ keyId, authority, blocks, end }: ReturnType<typeof parts>) =>
  `cst1.${keyId}.${[authority, ...blocks].join('~')}.${end}`;

describe('a token', () => {
  it('verifies as it was written', () => {
    for (const token of [minted, once, twice, other, otherOnce]) expect(verify(token).ok).toBe(true);
  });

  it('is refused after any change of any one character', () => {
    for (let index = 0; index < twice.length; index += 1)
      for (const character of alphabet)
        if (character !== twice[index])
          expectRefused(twice.slice(0, index) + character + twice.slice(index + 1));
  });

  it('is refused after the deletion, the insertion and the doubling of any one character', () => {
    for (let index = 0; index <= twice.length; index += 1) {
      expectRefused(twice.slice(0, index) + twice.slice(index + 1) + (index === twice.length ? 'A' : ''));
      for (const character of 'Aa0_.~ \n\0=')
        expectRefused(twice.slice(0, index) + character + twice.slice(index));
    }
  });

  it('is refused cut off anywhere, at either end', () => {
    for (let index = 0; index < twice.length; index += 1) {
      expectRefused(twice.slice(0, index));
      if (index > 0) expectRefused(twice.slice(index));
    }
  });

  it('is refused when two neighbours change places', () => {
    for (let index = 1; index < twice.length; index += 1) {
      const [a = '', b = ''] = [twice[index - 1], twice[index]];
      if (a !== b) expectRefused(twice.slice(0, index - 1) + b + a + twice.slice(index + 1));
    }
  });

  it('is refused with a character 0x100 further, which written as latin-1 would be the same', () => {
    for (const distance of [0x80, 0x100, 0x200, 0x1000])
      for (let index = 0; index < twice.length; index += 1) {
        const folded = String.fromCharCode(twice.charCodeAt(index) + distance);
        const text = twice.slice(0, index) + folded + twice.slice(index + 1);
        expect(verify(text), text).toEqual(refused('malformed'));
      }
  });

  it('is refused with a block taken away, doubled, moved or brought from elsewhere', () => {
    const { blocks, ...rest } = parts(twice);
    const [first = '', second = ''] = blocks;
    const [foreign = ''] = parts(otherOnce).blocks;
    const changes = [[], [first], [second], [second, first], [first, first, second], [first, second, second]];
    for (const changed of [...changes, [first, second, foreign], [foreign, second, first]])
      expectRefused(joined({ ...rest, blocks: changed }));
  });

  it('is refused when blocks are merged, cut elsewhere or emptied', () => {
    const { blocks, authority, ...rest } = parts(twice);
    const [first = '', second = ''] = blocks;
    expectRefused(joined({ ...rest, authority, blocks: [first + second] }));
    expectRefused(joined({ ...rest, authority, blocks: [first.slice(0, -4), first.slice(-4) + second] }));
    expectRefused(joined({ ...rest, authority: authority + first, blocks: [second] }));
    expectRefused(joined({ ...rest, authority, blocks: ['', first, second] }));
  });

  it('is refused when spliced of two tokens, part by part', () => {
    const [a, b] = [parts(once), parts(otherOnce)];
    expectRefused(joined({ ...a, authority: b.authority }));
    expectRefused(joined({ ...a, end: b.end }));
    expectRefused(joined({ ...b, authority: a.authority }));
    expectRefused(joined({ ...a, blocks: [], end: parts(minted).end.slice(0, 20) + a.end.slice(20) }));
    expectRefused(joined({ ...a, end: parts(twice).end }));
  });

  it('is refused with a tag that decodes to the same bytes but is spelled otherwise', () => {
    const tag = minted.slice(-49, -6);
    const last = tag.at(-1)!;
    const equivalents = alphabet
      .split('')
      .filter(
        (character) =>
          Buffer.from(tag.slice(0, -1) + character, 'base64url').equals(Buffer.from(tag, 'base64url')) &&
          character !== last,
      );
    expect(equivalents.length).toBeGreaterThan(0);
    for (const character of equivalents)
      expect(verify(mended(minted.slice(0, -7) + character + '000000'))).toEqual(refused('bad_signature'));
  });
});

describe('a part that its own writer spelled wrongly is refused though the signature is right', () => {
  const encoded = base64url(JSON.stringify(claims));
  const json = JSON.stringify({ ...claims, ext: { a: '1' } });
  /** The same bytes, with bits set that no byte is made of. */
  const strayed = (text: string) => {
    const spelled = base64url(text.padEnd(Math.ceil(text.length / 3) * 3 + 1));
    return spelled.slice(0, -1) + alphabet.charAt(alphabet.indexOf(spelled.at(-1)!) + 1);
  };

  it.each([
    ['padding', { encodedAuthority: `${encoded}${'='.repeat((4 - (encoded.length % 4)) % 4 || 1)}` }],
    [
      'the other base64 alphabet',
      {
        encodedAuthority:
          base64url(JSON.stringify({ ...claims, sub: '>>>???' }))
            .replaceAll('-', '+')
            .replaceAll('_', '/') + '+',
      },
    ],
    ['white space', { encodedAuthority: `${encoded} ` }],
    ['a dot inside', { encodedAuthority: `${encoded}.` }],
    ['stray trailing bits', { encodedAuthority: strayed(json) }],
    [
      'one character too many',
      { encodedAuthority: `${encoded.padEnd(Math.ceil(encoded.length / 4) * 4, 'A')}A` },
    ],
    ['raw UTF-8', { authority: Buffer.from(json.replace('"1"', '"é"')).toString('latin1') }],
    ['raw latin-1', { authority: json.replace('"1"', '"é"') }],
    ['a byte order mark', { authority: `\xef\xbb\xbf${json}` }],
    ['two objects', { authority: `${json}${json}` }],
    ['a name twice', { authority: json.replace('"sub":"ada"', '"sub":"ada","sub":"alan"') }],
    [
      'a name twice, once escaped',
      { authority: json.replace('"sub":"ada"', String.raw`"sub":"ada","s\u0075b":"alan"`) },
    ],
    ['a name twice in the scope', { authority: json.replace('"rpc":{', '"rpc":{"m":["**"],') }],
    ['a name twice in ext', { authority: json.replace('"a":"1"', '"a":"1","a":"1"') }],
    ['stray trailing bits in a block', { encodedBlocks: [strayed('{}')] }],
    ['a name twice in a block', { blocks: ['{"exp":1760000600,"exp":1760009999}'] }],
  ])('%s', (_, changed) => {
    expect(verify(handMade(changed))).toEqual(refused('bad_claims'));
  });

  it('and what it may write is taken: white space in JSON, escapes, any order', () => {
    const spaced = JSON.stringify(
      Object.fromEntries(Object.entries({ ...claims, ext: { 'a:"': ':' } }).toReversed()),
      null,
      1,
    );
    expect(verify(handMade({ authority: spaced, blocks: ['{}', '{ "cid" : "\\u0063" }'] }))).toMatchObject({
      ok: true,
      blocks: [{}, { cid: 'c' }],
    });
  });
});

it('4,096 characters are the most there may be, however right the rest is', () => {
  const width = (bytes: number) => '~'.length + Math.ceil((bytes * 4) / 3);
  const tokenOf = (length: number): string => {
    for (const third of [768, 767, 766])
      for (let fourth = 2; fourth <= 768; fourth += 1) {
        const sizes = [768, 768, third, fourth];
        if (sizes.reduce((sum, bytes) => sum + width(bytes), handMade().length) === length)
          return handMade({ blocks: sizes.map((bytes) => '{}'.padEnd(bytes)) });
      }
    throw new Error(`no token of ${length} characters`);
  };
  expect(tokenOf(4096)).toHaveLength(4096);
  expect(verify(tokenOf(4096))).toMatchObject({ ok: true, blocks: [{}, {}, {}, {}] });
  expect(verify(tokenOf(4097))).toEqual(refused('malformed'));
});

describe('a text that is no token', () => {
  it.each([
    ['nothing', ''],
    ['the prefix', 'cst1.'],
    ['dots', '.'.repeat(60)],
    ['another version', `cst2${minted.slice(4)}`],
    ['upper case', `CST1${minted.slice(4)}`],
    ['no key id', `cst1.${minted.slice(minted.indexOf('.', 5))}`],
    ['an authority of nothing', handMade({ encodedAuthority: '' })],
    ['an empty block', handMade({ encodedBlocks: [''] })],
    ['nine blocks', handMade({ blocks: Array.from({ length: 9 }, () => '{}') })],
    ['an authority of 3,073 characters', handMade({ encodedAuthority: 'A'.repeat(3073) })],
    ['a block of 1,025 characters', handMade({ encodedBlocks: ['A'.repeat(1025)] })],
    ['4,097 characters', withChecksum('a'.repeat(4091))],
    ['a million characters', 'a'.repeat(1_000_000)],
    ['white space around it', ` ${minted} `],
  ])('is malformed: %s', (_, text) => {
    expect(verify(text)).toEqual(refused('malformed'));
  });

  const values: { readonly value: unknown }[] = [
    undefined,
    null,
    1,
    [minted],
    { length: 3, toString: () => minted },
  ].map((value) => ({ value }));
  it.each(values)('is malformed: $value', ({ value }) => {
    expect(verify(value as string)).toEqual(refused('malformed'));
  });

  it.each(['', 'A', 'k_1', 'a'.repeat(17), 'ключ', '../etc', "' or 1"])(
    'has no key id like “%s”, which nobody is asked for',
    (id) => {
      const asked: string[] = [];
      const token = mended(minted.replace(kid, id));
      expect(verify(token, { keys: (name: string) => void asked.push(name) } as object)).toEqual(
        refused('malformed'),
      );
      expect(asked).toEqual([]);
    },
  );
});
