import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { createRandom, type Random } from '@countersign/core/testing';
import { attenuateScopedToken, deriveTokenKey, mintScopedToken } from '@countersign/core/scoped-token';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { handMade, mended } from '../../core/test/scoped-token/hand-made.ts';
import { attenuate, isCountersignError, type Block, type Scope } from '../src/index.ts';
import { checksumOf } from '../src/scoped-token/checksum.ts';

interface Vector {
  readonly name: string;
  readonly block_jsons: readonly string[];
  readonly tokens: readonly string[];
}

const vectorsFile = new URL('../../core/test/scoped-token/vectors/scoped-token.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(vectorsFile, 'utf8')) as { vectors: Vector[] };
const narrowedVectors = vectors.filter(({ block_jsons: blocks }) => blocks.length > 0);

const audience = 'bank.example';
const kid = '2026a';
const token = mintScopedToken({
  key: deriveTokenKey({ root: new Uint8Array(32).fill(7), kid, audience }),
  kid,
  claims: {
    jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
    sub: 'ada',
    aud: audience,
    iat: 1_760_000_000,
    exp: 1_760_003_600,
    scp: { rpc: { q: ['invoice.*'] }, http: { GET: ['/api/v1/foo/**'] } },
  },
});

/** The narrowed token, or what is wrong: by core, and by the client. */
async function byBoth(given: unknown, block: unknown): Promise<[core: unknown, client: unknown]> {
  const [text, narrowing] = [given as string, block as Block];
  const issuesOf = (error: unknown): unknown => (error as { details?: { issues?: unknown } }).details?.issues;
  let byCore: unknown;
  try {
    byCore = attenuateScopedToken(text, narrowing);
  } catch (error) {
    byCore = issuesOf(error) ?? error;
  }
  return [byCore, await attenuate(text, narrowing).catch((error: unknown) => issuesOf(error) ?? error)];
}

describe.each(narrowedVectors)('the vector “$name”', ({ block_jsons: blocks, tokens }) => {
  it('is narrowed to the same text, block after block', async () => {
    for (const [index, json] of blocks.entries())
      expect(await attenuate(tokens[index]!, JSON.parse(json) as Block)).toBe(tokens[index + 1]);
  });
});

const grants = ['invoice.*', '**', 'a.**.b', 'feed.**', 'a..b', 'ü.x', '*', '', 'x'.repeat(65), 'a.$b-c_d'];
const paths = ['/a', '/a/**', '/**', '//', '/a/*', '/%41', '/a/..', '/caf%C3%A9', '/é', 'a', '/a*', '/a/'];
const texts = ['c1', 'Łódź', '\u0000', '🔑', '\ud800', '"\\~.', 'x'.repeat(130), '', 'with space', 'é'];
const numbers = [0, 1, 1_760_000_600, -1, 1.5, 2 ** 53, Number.NaN, '1', true, null];

function someScope(random: Random): unknown {
  const list = (from: readonly string[]) =>
    Array.from({ length: random.integer(5) }, () => random.pick(from));
  return random.pick([
    { rpc: { [random.pick(['q', 'm', 's', 'x'])]: list(grants) } },
    { http: { [random.pick(['GET', 'HEAD', 'get', 'TRACE'])]: list(paths) } },
    { rpc: { q: ['invoice.list'], m: [] }, http: { GET: ['/api/**'], POST: ['/api/v1/*'] } },
    {},
    null,
    { ws: {} },
    { rpc: { q: Array.from({ length: 60 + random.integer(8) }, () => 'invoice.list') } },
  ]);
}

const claims: Readonly<Record<string, (random: Random) => unknown>> = {
  exp: (random) => random.pick([...numbers, 1_760_000_000 + random.integer(9999)]),
  nbf: (random) => random.pick([...numbers, 1_760_000_000 + random.integer(9999)]),
  scp: someScope,
  rcp: (random) => random.pick(texts),
  cid: (random) => random.pick(texts),
  car: (random) => random.pick(['h', 'hw', 'wqh', 'hh', '', 'x', null]),
  cnf: (random) => random.pick([{ jkt: random.pick(texts) }, { jkt: 'a', other: 1 }, 'a']),
  arq: (random) => random.pick([{ id: random.pick(texts), hash: random.pick(texts) }, { id: 'areq_1' }]),
};

/** Mostly right, so that much is narrowed; sometimes with what no block may hold. */
function someBlock(random: Random): unknown {
  const block: Record<string, unknown> = {};
  for (const [name, make] of Object.entries(claims)) {
    if (random.integer(4) > 0) continue;
    block[name] = random.integer(3) === 0 ? make(random) : right[name];
  }
  if (random.integer(30) === 0) block['sub'] = 'eve';
  if (random.integer(60) === 0) return random.pick([null, [], 'text', 1, undefined, new Map()]);
  return block;
}

const right: Readonly<Record<string, unknown>> = {
  exp: 1_760_000_600,
  nbf: 1_760_000_000,
  scp: { rpc: { q: ['invoice.list', 'feed.**'] }, http: { GET: ['/api/v1/caf%C3%A9/*'] } },
  rcp: 'sub-contractor',
  cid: 'bookkeeper',
  car: 'h',
  cnf: { jkt: 'Łódź 🔑' },
  arq: { id: 'areq_1', hash: 'é' },
};

it(
  'narrows ten thousand random blocks as core does, and refuses what core refuses',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 2 ** 32;
    const random = createRandom(seed);
    let narrowed = 0;
    let held = token;
    for (let turn = 0; turn < 10_000; turn += 1) {
      const [core, client] = await byBoth(held, someBlock(random));
      expect(client, `seed ${seed}, turn ${turn}`).toEqual(core);
      if (typeof core === 'string') narrowed += 1;
      held = typeof core === 'string' && random.integer(3) > 0 ? core : token;
    }
    expect(narrowed).toBeGreaterThan(2_000);
    expect(narrowed).toBeLessThan(9_000);
  },
);

it('refuses what is no token as core does, and shows nothing of it', async () => {
  const middle = Math.floor(token.length / 2);
  const wrong = [
    '',
    'cst1.',
    `${token} `,
    `${token}=`,
    token.slice(0, -1),
    token.toUpperCase(),
    `x${token}`,
    `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`,
    token.replace('cst1.', 'cst2.'),
    token.replace('2026a', '2026A'),
    token.replace('.', '~'),
    token.replace('A', '\u0141'),
    'x'.repeat(5000),
    7,
    null,
    undefined,
    ['x'],
  ];
  for (const given of wrong) {
    const [core, client] = await byBoth(given, {});
    expect(client, String(given)).toEqual(core);
    expect(core).toEqual([{ path: ['token'], code: 'custom', message: 'must be a scoped token' }]);
  }
  const error: unknown = await attenuate(`${token}x`, {}).catch((thrown: unknown) => thrown);
  expect(isCountersignError(error, 'invalid_input') && error.code).toBeNull();
  expect(inspect(error, { depth: 10 })).not.toContain(token.slice(20, 40));
});

it('takes for a token what core takes for one, when the checksum is right', async () => {
  const end = -(43 + 6);
  const tag = token.slice(end, -6);
  const strayBits = String.fromCharCode(tag.charCodeAt(42) + 1);
  const made = [
    mended(token),
    mended(`${token.slice(0, -7)}${strayBits}xxxxxx`),
    mended(`${token.slice(0, end)}${tag.replace(/./, '!')}xxxxxx`),
    mended(`${token.slice(0, end)}${tag.slice(0, 42)}=xxxxxx`),
    mended(`${token.slice(0, end)} ${tag.slice(1)}xxxxxx`),
    handMade({ encodedAuthority: 'nonsense' }),
    handMade({ encodedAuthority: '' }),
    handMade({ encodedAuthority: 'A'.repeat(3073) }),
    handMade({ encodedAuthority: 'A'.repeat(3072) }),
    handMade({ kid: '' }),
    handMade({ kid: 'K1' }),
    handMade({ kid: 'a'.repeat(17) }),
    handMade({ encodedBlocks: [''] }),
    handMade({ encodedBlocks: ['A'.repeat(1025)] }),
    handMade({ encodedBlocks: ['!'] }),
    handMade({ blocks: Array.from({ length: 8 }, () => '{}') }),
    handMade({ blocks: Array.from({ length: 9 }, () => '{}') }),
  ];
  let narrowed = 0;
  for (const given of made) {
    const [core, client] = await byBoth(given, { cid: 'c' });
    expect(client, given).toEqual(core);
    if (typeof core === 'string') narrowed += 1;
  }
  expect(narrowed).toBeGreaterThan(2);
  expect(narrowed).toBeLessThan(8);
});

it('takes no token that is not ASCII, whatever its checksum', async () => {
  const foreign = token.slice(0, -6).replace('A', '\u0141');
  expect(await byBoth(foreign + checksumOf(foreign), {})).toEqual([
    [{ path: ['token'], code: 'custom', message: 'must be a scoped token' }],
    [{ path: ['token'], code: 'custom', message: 'must be a scoped token' }],
  ]);
});

it('refuses a block for which the token has no room, as core does', async () => {
  let held = token;
  for (let block = 0; block < 8; block += 1) held = await attenuate(held, { cid: `c${block}` });
  const full = [{ path: ['block'], code: 'too_big', message: 'must fit into the token' }];
  expect(await byBoth(held, {})).toEqual([full, full]);
  const wide = { scp: { rpc: { q: Array.from({ length: 64 }, () => 'invoice.list.all') } } };
  expect(await byBoth(token, wide)).toEqual([full, full]);
});

it('says what is missing in a page without WebCrypto', async () => {
  const { subtle } = crypto;
  Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
  try {
    await expect(attenuate(token, {})).rejects.toThrow(
      TypeError('there is no WebCrypto here: load the page over https'),
    );
  } finally {
    Reflect.deleteProperty(crypto, 'subtle');
  }
  expect(crypto.subtle).toBe(subtle);
});

it('types a block and its scope', () => {
  expectTypeOf(attenuate).parameters.toEqualTypeOf<[token: string, block: Block]>();
  expectTypeOf<Required<Block>['scp']>().toEqualTypeOf<Scope>();
});
