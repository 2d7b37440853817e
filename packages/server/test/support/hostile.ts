/** Values that no input of ours is, whatever it asks for. */
export const neverText: readonly [string, unknown][] = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 123456],
  ['a huge number', 1e308],
  ['true', true],
  ['a list', ['123456']],
  ['an object', { toString: '123456' }],
  ['NUL', '\u0000'],
  ['text with NUL', 'a\u0000b'],
  ['a lone surrogate', '\ud800'],
];

/** Codes that look nearly like one. */
const nearlyCodes: readonly [string, unknown][] = [
  ...neverText,
  ['five digits', '12345'],
  ['eleven digits', '12345678901'],
  ['full-width digits', '１２３４５６'],
  ['arabic digits', '١٢٣٤٥٦'],
  ['a leading space', ' 123456'],
  ['a trailing line feed', '123456\n'],
  ['a zero-width space', '123​456'],
  ['a sign', '+12345'],
  ['a decimal', '1234.5'],
  ['an exponent', '1e5000'],
  ['hexadecimal', '0x1234'],
  ['letters', 'abcdef'],
  ['SQL', "' OR '1'='1"],
  ['a wildcard', '%%%%%%'],
  ['60,000 digits', '1'.repeat(60_000)],
];

/** Whole proofs of a wrong shape. */
export const hostileProofs: readonly [string, unknown][] = [
  ...nearlyCodes.map(([name, code]): [string, unknown] => [`otp, ${name}`, { method: 'otp', code }]),
  ['null', null],
  ['text', '123456'],
  ['a number', 123456],
  ['a list', [{ method: 'otp', code: '123456' }]],
  ['nothing in it', {}],
  ['no method', { code: '123456' }],
  ['an empty method', { method: '', code: '123456' }],
  ['a method that is null', { method: null, code: '123456' }],
  ['a method that is a list', { method: ['otp'], code: '123456' }],
  ['a method in capitals', { method: 'OTP', code: '123456' }],
  ['a method with a space', { method: 'otp ', code: '123456' }],
  ['an unknown method', { method: 'magic', code: '123456' }],
  ['a method of every object', { method: 'toString', code: '123456' }],
  ['a method that is not configured', { method: 'totp', code: '123456' }],
  ['a method with NUL', { method: 'otp\u0000', code: '123456' }],
  ['a surplus key', { method: 'otp', code: '123456', valid: true }],
  ['two codes', { method: 'otp', code: '123456', codes: ['123456'] }],
  ['a nested code', { method: 'otp', code: { $ne: null } }],
];

/** Ids of nothing, and things that are no ids. */
export const hostileIds: readonly [string, unknown][] = [
  ...neverText,
  ['a UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
  ['a prefix alone', 'areq_'],
  ['another kind of id', 'chal_06h03ysabhr0110k7cx2bc5ps0'],
  ['an id of nothing', 'areq_06h03ysabhr0110k7cx2bc5ps0'],
  ['an id in capitals', 'AREQ_06H03YSABHR0110K7CX2BC5PS0'],
  ['an id with a letter that is none', 'areq_06h03ysabhr0110k7cx2bc5psu'],
  ['an id that is too long', `areq_${'0'.repeat(27)}`],
  ['text of 60,000 characters', 'x'.repeat(60_000)],
  ['a path', '../../etc/passwd'],
  ['SQL', "areq_' OR 1=1 --"],
];

/** Cursors that no list returned. */
export const hostileCursors: readonly [string, unknown][] = [
  ...neverText.filter(([name]) => name !== 'missing'),
  ['text', 'next'],
  ['a prefix alone', 'cur_'],
  ['another prefix', 'evt_'],
  ['an id of a request', 'areq_06h03ysabhr0110k7cx2bc5ps0'],
  ['a letter that is none', `cur_${'u'.repeat(26)}`],
  ['base64 of SQL', 'Jy0tIE9SIDE9MQ=='],
  ['a position beyond every transaction', `evt_${'z'.repeat(45)}`],
  ['60,000 characters', 'c'.repeat(60_000)],
];
