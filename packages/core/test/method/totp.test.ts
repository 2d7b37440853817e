import { HOTP, Secret, TOTP, URI } from 'otpauth';
import { describe, expect, it, vi } from 'vitest';
import type { EnrolInput, Verdict, VerifyInput } from '../../src/method/define.ts';
import { totp, type TotpConfig, type TotpOptions } from '../../src/method/methods/totp.ts';
import type { Randomness } from '../../src/ports.ts';
import { codeAt } from './authenticator-app.ts';

const method = totp();
const rfcSecret = Secret.fromLatin1('12345678901234567890').base32;
const fresh: TotpConfig = { secret: rfcSecret, lastStep: null };
const seconds = (since1970: number): Date => new Date(since1970 * 1000);

async function prove(code: string, now: Date, config = fresh): Promise<Verdict<TotpConfig>> {
  const input: VerifyInput = {
    proof: method.proof.parse({ method: 'totp', code }),
    decision: 'grant',
    request: {
      kind: 'authorization_request',
      id: 'areq_1',
      slug: 'transfer',
      subjectId: 'ada',
      dataHash: 'data',
      displayHash: 'display',
    },
    challenge: null,
    factor: { id: 'fact_1', subjectId: 'ada', config },
    matches: () => false,
    settings: {},
    issuer: 'Example Bank',
    context: null,
    now,
  };
  return (await method.verify(input)) as Verdict<TotpConfig>;
}

/** What follows from it for the next proof. */
async function proveInTurn(config: TotpConfig, code: string, now: Date): Promise<TotpConfig | null> {
  const verdict = await prove(code, now, config);
  return verdict.valid ? (verdict.config ?? config) : null;
}

const counting: Randomness = {
  bytes: (length) => Uint8Array.from({ length }, (_, index) => index),
  integer: () => 0,
};

async function begin(
  different: Partial<EnrolInput<Record<string, unknown>, unknown, Record<string, unknown>>> = {},
  options?: TotpOptions,
): Promise<{ config: TotpConfig; uri: string; secret: string }> {
  const begun = await totp(options).enrolment!.begin({
    given: {},
    subjectId: 'ada',
    factorId: 'fact_1',
    current: null,
    factors: [],
    randomness: counting,
    settings: {},
    issuer: 'Example Bank',
    context: null,
    now: seconds(0),
    ...different,
  });
  return { config: begun.config as TotpConfig, ...(begun.setup as { uri: string; secret: string }) };
}

describe('the values of the standards', () => {
  const rfc4226 = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
  it.each(rfc4226.map((code, counter) => [counter, code] as const))(
    'RFC 4226 appendix D, counter %i',
    async (counter, code) => {
      expect(await prove(code, seconds(counter * 30))).toMatchObject({ valid: true, mark: String(counter) });
    },
  );

  // Time in seconds, and the codes of eight digits by SHA-1, SHA-256, SHA-512.
  const rfc6238 = [
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [1_111_111_111, '14050471', '67062674', '99943326'],
    [1_234_567_890, '89005924', '91819424', '93441116'],
    [2_000_000_000, '69279037', '90698825', '38618901'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ] as const;
  it.each(rfc6238)('RFC 6238 appendix B, %i s: its last six digits are right', async (time, sha1) => {
    expect(await prove(sha1.slice(2), seconds(time))).toMatchObject({
      valid: true,
      mark: String(Math.floor(time / 30)),
    });
  });

  it.each(rfc6238)('RFC 6238 appendix B, %i s: eight digits, by every hash', (time, ...codes) => {
    const seed = '1234567890'.repeat(7);
    for (const [index, [algorithm, length]] of Object.entries({
      SHA1: 20,
      SHA256: 32,
      SHA512: 64,
    }).entries()) {
      const secret = Secret.fromLatin1(seed.slice(0, length));
      expect(TOTP.generate({ secret, algorithm, digits: 8, timestamp: time * 1000 })).toBe(codes[index]);
    }
  });
});

describe('the time in which a code is right', () => {
  const step = 50_000_000;
  const start = step * 30;
  const code = HOTP.generate({ secret: Secret.fromBase32(rfcSecret), counter: step });

  it.each([
    ['a millisecond before its step', -0.001, false],
    ['at the first instant of its step', 0, true],
    ['at the last of its step', 29.999, true],
    ['at the first of the next step', 30, true],
    ['at the last of the next step', 59.999, true],
    ['a minute after it appeared', 60, false],
    ['30 s longer than documented', 89.999, false],
  ])('%s', async (_, after, valid) => {
    expect((await prove(code, seconds(start + after))).valid).toBe(valid);
  });

  it('does not end: not in 2038, not in 2106, not at the last date there is', async () => {
    for (const now of [seconds(2 ** 31), seconds(2 ** 32), new Date(8.64e15)]) {
      const right = codeAt({ secret: rfcSecret }, now);
      expect(await prove(right, now)).toMatchObject({ valid: true });
    }
  });

  it('has not come before 1970, nor at a time that is none', async () => {
    for (const now of [seconds(-1), seconds(-30), new Date(Number.NaN)]) {
      const codes = [-2, -1, 0].map((counter) =>
        HOTP.generate({ secret: Secret.fromBase32(rfcSecret), counter }),
      );
      for (const each of codes) expect(await prove(each, now)).toEqual({ valid: false });
    }
  });
});

it('both steps are computed whatever the first says, so that the time tells nothing', async () => {
  const now = seconds(1_800_000_015);
  const codes = [0, -30].map((ago) => codeAt({ secret: rfcSecret }, new Date(now.getTime() + ago * 1000)));
  for (const code of [...codes, '000000']) {
    using generate = vi.spyOn(HOTP, 'generate');
    await prove(code, now);
    expect(generate).toHaveBeenCalledTimes(2);
  }
});

describe('a step is used once', () => {
  const now = seconds(1_800_000_015);
  const later = seconds(1_800_000_045);
  const [code, nextCode] = [codeAt({ secret: rfcSecret }, now), codeAt({ secret: rfcSecret }, later)];
  const earlierCode = codeAt({ secret: rfcSecret }, seconds(1_799_999_985));

  it('not again in its own step, nor in the next, where it would still be right', async () => {
    const config = (await proveInTurn(fresh, code, now))!;
    expect(config.lastStep).toBe(60_000_000);
    expect(await proveInTurn(config, code, now)).toBeNull();
    expect(await proveInTurn(config, code, later)).toBeNull();
  });

  it('nor any step before it, although nobody used that', async () => {
    const config = (await proveInTurn(fresh, code, now))!;
    expect(await proveInTurn(fresh, earlierCode, now)).not.toBeNull();
    expect(await proveInTurn(config, earlierCode, now)).toBeNull();
  });

  it('nor after the clock went back', async () => {
    const config = (await proveInTurn(fresh, nextCode, later))!;
    expect(await proveInTurn(config, code, now)).toBeNull();
    expect(await proveInTurn(config, nextCode, now)).toBeNull();
  });

  it('and the next is right at once', async () => {
    const config = (await proveInTurn(fresh, code, now))!;
    expect(await proveInTurn(config, nextCode, later)).toMatchObject({ lastStep: 60_000_001 });
  });

  it('the one before is right after the one before that, and then this one', async () => {
    const earlier = (await proveInTurn(fresh, earlierCode, now))!;
    expect(earlier.lastStep).toBe(59_999_999);
    expect(await proveInTurn(earlier, code, now)).toMatchObject({ lastStep: 60_000_000 });
  });

  it('the mark names the step and not the moment', async () => {
    expect(await prove(code, now)).toMatchObject({ mark: '60000000' });
    expect(await prove(code, later)).toMatchObject({ mark: '60000000' });
  });
});

describe('a proof', () => {
  it.each([
    ['nothing', ''],
    ['five digits', '12345'],
    ['seven digits', '1234567'],
    ['full-width digits', '１２３４５６'],
    ['Arabic digits', '١٢٣٤٥٦'],
    ['a space inside', '123 456'],
    ['a space around', ' 123456'],
    ['a line end', '123456\n'],
    ['a sign', '+12345'],
    ['hexadecimal', '0x1234'],
    ['a number', 123_456],
    ['a list', ['123456']],
    ['null', null],
  ])('of %s is refused by its shape', (_, code) => {
    expect(method.proof.safeParse({ method: 'totp', code }).success).toBe(false);
  });
});

describe('enrolment', () => {
  it('makes a seed of 20 bytes, and asks for no other length', async () => {
    const asked: number[] = [];
    const randomness: Randomness = {
      ...counting,
      bytes(length) {
        asked.push(length);
        return counting.bytes(length);
      },
    };
    const { secret, config } = await begin({ randomness });
    expect(asked).toEqual([20]);
    expect([...Secret.fromBase32(secret).bytes]).toEqual([...counting.bytes(20)]);
    expect(config).toEqual({ secret, lastStep: null });
  });

  it('takes the bytes that it was given and none of the memory around them', async () => {
    const around = Buffer.alloc(64, 0xff);
    around.fill(7, 8, 28);
    const { secret } = await begin({ randomness: { ...counting, bytes: () => around.subarray(8, 28) } });
    expect([...Secret.fromBase32(secret).bytes]).toEqual(Array.from({ length: 20 }, () => 7));
  });

  it('takes no seed from the subject', () => {
    const { given } = method.enrolment!;
    expect(given.safeParse({}).success).toBe(true);
    for (const brought of [{ secret: rfcSecret }, { config: { secret: rfcSecret } }, { lastStep: -1 }])
      expect(given.safeParse(brought).success).toBe(false);
  });

  it('shows the app what every app understands', async () => {
    const { uri, secret } = await begin();
    expect(uri).toBe(
      `otpauth://totp/Example%20Bank:ada?issuer=Example%20Bank&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    );
  });

  it('names who asks: the operator’s word before the host’s, that before the installation’s', async () => {
    const issuerOf = async (...given: Parameters<typeof begin>) =>
      URI.parse((await begin(...given)).uri).issuer;
    expect(await issuerOf()).toBe('Example Bank');
    expect(await issuerOf({}, { issuer: 'Host' })).toBe('Host');
    expect(await issuerOf({ settings: { issuer: 'Operator' } }, { issuer: 'Host' })).toBe('Operator');
  });

  it.each([
    ['an address', 'ada+bank@example.org', 'ada+bank@example.org'],
    ['another account’s parameters', 'ada?secret=AAAA&issuer=Evil#x', 'ada?secret=AAAA&issuer=Evil#x'],
    ['an issuer of its own', 'Evil:ada', 'Evil-ada'],
    ['path and percent signs', '../%3A%2F', '../%3A%2F'],
    ['letters of the world', '愛田 Ådå', '愛田 Ådå'],
    ['a mark that turns the text around', 'ada\u202Etxt', 'ada\\u202etxt'],
    ['half a character', 'ada\uD800', 'ada\uFFFD'],
    ['200 characters of four bytes', '😀'.repeat(200), '😀'.repeat(64)],
  ])('shows a subject whose id has %s', async (_, subjectId, label) => {
    const { uri, secret } = await begin({ subjectId });
    const parsed = URI.parse(uri);
    expect(parsed).toMatchObject({ label, issuer: 'Example Bank' });
    expect(parsed.secret.base32).toBe(secret);
    expect(uri.length).toBeLessThan(1200);
  });

  it('shows an issuer with a colon as one issuer', async () => {
    const { uri } = await begin({ issuer: 'Bank: Berlin' });
    expect(URI.parse(uri)).toMatchObject({ issuer: 'Bank- Berlin', label: 'ada' });
  });

  it('is confirmed by the app’s code, which then proves nothing more', async () => {
    const now = seconds(1_800_000_000);
    const { config, secret } = await begin({ now });
    const complete = async (code: string) =>
      await method.enrolment!.complete({
        answer: { code },
        config,
        subjectId: 'ada',
        factorId: 'fact_1',
        request: {
          kind: 'enrolment',
          id: 'fact_1',
          slug: 'enrol',
          subjectId: 'ada',
          dataHash: '',
          displayHash: '',
        },
        matches: () => true,
        settings: {},
        issuer: 'Example Bank',
        context: null,
        now,
      });
    const code = codeAt({ secret }, now);
    expect(await complete(code === '000000' ? '000001' : '000000')).toEqual({ valid: false });
    const completed = await complete(code);
    expect(completed).toEqual({ valid: true, config: { secret, lastStep: 60_000_000 } });
    const inForce = { secret, lastStep: 60_000_000 };
    expect(await prove(code, now, inForce)).toEqual({ valid: false });
    const later = seconds(1_800_000_030);
    expect(await prove(codeAt({ secret }, later), later, inForce)).toMatchObject({ valid: true });
  });

  it('of another seed is a change that needs a proof', async () => {
    const [before, after] = [
      await begin(),
      await begin({ randomness: { ...counting, bytes: (n) => new Uint8Array(n) } }),
    ];
    const change = { before: before.config, after: after.config, context: null };
    expect(method.isSignificantChange(change)).toBe(true);
  });
});
