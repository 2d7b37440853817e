import { describe, expect, it } from 'vitest';
import { canonicalData } from '../src/operation/canonical.ts';
import { dataHash, displayHash } from '../src/index.ts';
import { createHash } from 'node:crypto';

describe('the data hash', () => {
  it('is base64url SHA-256 of the domain, a zero byte and the canonical form of data and slug', () => {
    const expected = createHash('sha256').update(
      'countersign/data/v1\0{"data":{"amountCents":250000,"to":"GB29"},"slug":"transfer"}',
    );
    expect(dataHash('transfer', { to: 'GB29', amountCents: 250_000 })).toBe(expected.digest('base64url'));
  });

  it('does not depend on the order in which keys were written', () => {
    expect(dataHash('a', { x: 1, y: [1, { b: 2, a: 3 }] })).toBe(
      dataHash('a', { y: [1, { a: 3, b: 2 }], x: 1 }),
    );
  });

  it('differs for every change of data and for another slug', () => {
    const hashes = [{ a: 1 }, { a: '1' }, { a: 1, b: null }, { a: [1] }, {}, null, [], '', 0, false].map(
      (data) => dataHash('s', data),
    );
    expect(new Set([...hashes, dataHash('t', { a: 1 })]).size).toBe(hashes.length + 1);
  });

  it('has the canonical form of RFC 8785, section 3.2.3 and appendix B', () => {
    expect(
      canonicalData({
        numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
        literals: [null, true, false],
      }),
    ).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(
      canonicalData({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}');
    expect(canonicalData([-0, 5e-324, 1.7976931348623157e308, 9007199254740992, 295147905179352830000])).toBe(
      '[0,5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000]',
    );
  });

  const inexact: [string, unknown][] = [
    ['NaN', { a: Number.NaN }],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['undefined', { a: undefined }],
    ['a hole in an array', Object.assign([1], { length: 3 })],
    ['a bigint', { a: 1n }],
    ['a lone surrogate', { a: '\ud800' }],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['U+0000', { a: 'x\u0000' }],
    ['U+0000 in a key', { 'x\u0000': 1 }],
    ['a Date', { a: new Date(0) }],
    ['a Map', new Map([['a', 1]])],
    ['a class', { a: new (class Amount {})() }],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('a') }],
    ['the key __proto__', JSON.parse('{"__proto__":{"admin":true}}')],
    ['the key constructor', { constructor: 1 }],
    [
      'shared parts that are a tree of 8^9 values',
      Array.from({ length: 9 }).reduce<unknown>((part) => Array.from({ length: 8 }, () => part), 1),
    ],
    ['more than 16 levels', Array.from({ length: 17 }).reduce<unknown>((inner) => [inner], 1)],
    ['more than 16 KiB', 'x'.repeat(16 * 1024)],
  ];
  it.each(inexact)('refuses %s, which would not come back as it went in', (_, data) => {
    expect(() => dataHash('transfer', data)).toThrow(expect.objectContaining({ reason: 'invalid_input' }));
  });

  it('takes 16 levels and 16 KiB', () => {
    expect(
      dataHash(
        's',
        Array.from({ length: 16 }).reduce<unknown>((inner) => [inner], 1),
      ),
    ).toBeTypeOf('string');
    expect(dataHash('s', 'x'.repeat(16 * 1024 - 2))).toBeTypeOf('string');
  });
});

describe('the display hash', () => {
  it('is base64url SHA-256 of its own domain and the canonical form of description, facts and title', () => {
    const text =
      'countersign/display/v1\0{"description":null,"facts":[{"label":"To","value":"GB29"}],"title":"Transfer"}';
    expect(
      displayHash({ title: 'Transfer', description: null, facts: [{ label: 'To', value: 'GB29' }] }),
    ).toBe(createHash('sha256').update(text).digest('base64url'));
  });

  it('depends on the order of the facts, which is what the person reads', () => {
    const [a, b] = [
      { label: 'a', value: '1' },
      { label: 'b', value: '2' },
    ];
    const display = { title: 't', description: null };
    expect(displayHash({ ...display, facts: [a, b] })).not.toBe(displayHash({ ...display, facts: [b, a] }));
  });
});
