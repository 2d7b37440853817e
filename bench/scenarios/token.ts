import { createHmac, createSecretKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  allowsProcedure,
  attenuateScopedToken,
  createVerifiedTokenCache,
  deriveTokenKey,
  mintScopedToken,
  verifyScopedToken,
  type Claims,
} from '@countersign/core/scoped-token';
import { createSigner, createVerifier } from 'fast-jwt';
import { jwtVerify, SignJWT } from 'jose';
import type { UnitScenario, Work } from '../unit.ts';

const [kid, audience, iat, tokens] = ['2026a', 'bank.example', 1_760_000_000, 1000];
const now = iat + 60;

/** Every token has an id and a subject of its own: nothing is answered from a memory that was not asked for. */
function claimsOf(turn: number): Claims {
  return {
    jti: randomBytes(16).toString('base64url'),
    sub: `user_${turn}`,
    aud: audience,
    iat,
    exp: iat + 3600,
    rcp: 'acme-billing-bot',
    scp: { rpc: { q: ['invoice.*'], m: ['invoice.markPaid'] } },
  };
}

const blocks = [
  { cid: 'c1', exp: iat + 600 },
  { scp: { rpc: { q: ['invoice.read', 'invoice.list'] } } },
  { rcp: 'sub-contractor' },
];

/** A token as it arrives: a text of its own, not one that we have just put together. */
const arrived = (text: string): string => Buffer.from(text).toString('latin1');

export const token: UnitScenario = {
  name: 'token',
  title: 'scoped tokens, each in units of F',
  settings: '1,000 different tokens of 312 characters (457 with three blocks), one thread',
  async open() {
    const key = deriveTokenKey({ root: randomBytes(32), kid, audience });
    const keys = new Map([[kid, key]]);
    const trust = { keys: (id: string) => keys.get(id), audience, now };
    const cached = { ...trust, cache: createVerifiedTokenCache({ entriesMax: 10_000 }) };
    const claims = Array.from({ length: tokens }, (_, turn) => claimsOf(turn));
    const minted = claims.map((each) => arrived(mintScopedToken({ key, kid, claims: each })));
    const narrowed = minted.map((text) => arrived(blocks.reduce(attenuateScopedToken, text)));
    const stranger = deriveTokenKey({ root: randomBytes(32), kid, audience });
    const forged = claims.map((each) => arrived(mintScopedToken({ key: stranger, kid, claims: each })));

    const opens = (text: string) => {
      const verdict = verifyScopedToken(text, trust);
      if (!verdict.ok || !allowsProcedure(verdict.scope, 'query', 'invoice.list')) throw new Error('refused');
    };
    const works: Work[] = [
      { name: 'verify, with scope', goal: 3.5, run: (turn) => opens(pick(minted, turn)) },
      { name: 'verify, three blocks', goal: 6, run: (turn) => opens(pick(narrowed, turn)) },
      {
        name: 'verify, cached',
        goal: 0.25,
        run: (turn) => expectOk(verifyScopedToken(pick(minted, turn), cached).ok),
      },
      {
        name: 'reject a forgery',
        goal: 1.2,
        run: (turn) => expectOk(!verifyScopedToken(pick(forged, turn), trust).ok),
      },
      { name: 'mint', goal: 2.5, run: (turn) => mintScopedToken({ key, kid, claims: pick(claims, turn) }) },
      { name: 'attenuate', run: (turn) => attenuateScopedToken(pick(minted, turn), { cid: 'c1', exp: now }) },
    ];
    return { unit: measureOfAll(), works: [...works, ...(await peers(claims))] };
  },
};

/** F: HMAC-SHA-256 under a `KeyObject` over 257 bytes, and a comparison in constant time. */
function measureOfAll(): Work {
  const key = createSecretKey(randomBytes(32));
  const [data, tag] = [randomBytes(257), randomBytes(32)];
  return { name: 'F', run: () => timingSafeEqual(createHmac('sha256', key).update(data).digest(), tag) };
}

/** The same claims as JSON Web Tokens; what else they check is the least their defaults allow. */
async function peers(claims: readonly Claims[]): Promise<Work[]> {
  const secret = randomBytes(32);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const clock = new Date(now * 1000);
  const sign = (alg: 'HS256' | 'EdDSA') =>
    Promise.all(
      claims.map((each) =>
        new SignJWT({ ...each })
          .setProtectedHeader({ alg })
          .sign(alg === 'HS256' ? createSecretKey(secret) : privateKey),
      ),
    );
  const [symmetric, asymmetric] = [await sign('HS256'), await sign('EdDSA')];
  const hmacKey = createSecretKey(secret);
  const fast = {
    key: secret,
    algorithms: ['HS256' as const],
    allowedAud: audience,
    clockTimestamp: now * 1000,
  };
  const verify = createVerifier({ ...fast, cache: false });
  const verifyCached = createVerifier({ ...fast, cache: 10_000 });
  const signer = createSigner({ key: secret, algorithm: 'HS256' });
  return [
    { name: 'fast-jwt HS256', run: (turn) => verify(pick(symmetric, turn)) as unknown },
    { name: 'fast-jwt HS256, cached', run: (turn) => verifyCached(pick(symmetric, turn)) as unknown },
    { name: 'fast-jwt HS256, sign', run: (turn) => signer({ ...pick(claims, turn) }) },
    {
      name: 'jose HS256',
      waits: true,
      run: (turn) => jwtVerify(pick(symmetric, turn), hmacKey, { audience, currentDate: clock }),
    },
    {
      name: 'jose EdDSA',
      waits: true,
      run: (turn) => jwtVerify(pick(asymmetric, turn), publicKey, { audience, currentDate: clock }),
    },
  ];
}

function pick<Item>(items: readonly Item[], turn: number): Item {
  return items[turn % items.length] as Item;
}

function expectOk(ok: boolean): void {
  if (!ok) throw new Error('judged wrongly');
}
