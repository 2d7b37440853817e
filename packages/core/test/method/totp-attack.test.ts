import { HOTP, Secret, TOTP } from 'otpauth';
import { expect, it } from 'vitest';
import type { KnownFactor, Method, Verdict } from '../../src/method/define.ts';
import { totp, type TotpConfig } from '../../src/method/methods/totp.ts';

const seed = Secret.fromLatin1('12345678901234567890');
const step = 60_000_000;
const codeOf = (counter: number): string => HOTP.generate({ secret: seed, counter });
/** The middle of a step. */
const during = (counter: number): Date => new Date((counter * 30 + 15) * 1000);

type Prove = (code: string, now: Date) => Promise<boolean>;
type Attack = (prove: Prove) => Promise<boolean>;

/** Each one succeeds against a copy with the bug, and comes to nothing against ours. */
const attacks: Record<string, { readonly bug: string; readonly attack: Attack }> = {
  'a code that was read over the shoulder, again in the next step': {
    bug: 'burned for its own step only',
    async attack(prove) {
      await prove(codeOf(step), during(step));
      return await prove(codeOf(step), during(step + 1));
    },
  },
  'the code of the step before, kept back until this one was used': {
    bug: 'no last step',
    async attack(prove) {
      await prove(codeOf(step), during(step));
      return await prove(codeOf(step - 1), during(step));
    },
  },
  'the same code twice in its step': {
    bug: 'no last step',
    async attack(prove) {
      await prove(codeOf(step), during(step));
      return await prove(codeOf(step), during(step));
    },
  },
  'a code that is over by more than a step': {
    bug: 'a wider window',
    attack: async (prove) => await prove(codeOf(step), during(step + 2)),
  },
  'a code that has not come yet': {
    bug: 'a window to both sides',
    attack: async (prove) => await prove(codeOf(step + 1), during(step)),
  },
};

/** As found elsewhere. `TOTP.validate` of the library looks to both sides and remembers nothing. */
const naive: Record<string, (config: TotpConfig, code: string, now: Date) => Verdict<TotpConfig>> = {
  'burned for its own step only'({ secret, lastStep }, code, now) {
    const current = Math.floor(now.getTime() / 30_000);
    const isRight = [current, current - 1].some((counter) => codeOf(counter) === code);
    return isRight && lastStep !== current
      ? { valid: true, config: { secret, lastStep: current } }
      : { valid: false };
  },
  'no last step': (_config, code, now) => ({ valid: accepted(code, now, [0, -1]) }),
  'a wider window': (_config, code, now) => ({ valid: accepted(code, now, [0, -1, -2]) }),
  'a window to both sides': (_config, code, now) => ({
    valid: TOTP.validate({ secret: seed, token: code, timestamp: now.getTime() }) !== null,
  }),
};

function accepted(code: string, now: Date, window: readonly number[]): boolean {
  const current = Math.floor(now.getTime() / 30_000);
  return window.some((delta) => codeOf(current + delta) === code);
}

/** Somebody’s factor: what a right proof leaves is what the next one meets. */
function factorOf(
  verify: (factor: KnownFactor<TotpConfig>, code: string, now: Date) => Promise<Verdict> | Verdict,
): Prove {
  let config: TotpConfig = { secret: seed.base32, lastStep: null };
  return async (code, now) => {
    const verdict = await verify({ id: 'fact_1', subjectId: 'ada', config }, code, now);
    if (verdict.valid) config = (verdict.config as TotpConfig | undefined) ?? config;
    return verdict.valid;
  };
}

const ours: Method = totp();
const prove = () =>
  factorOf((factor, code, now) =>
    ours.verify({
      proof: ours.proof.parse({ method: 'totp', code }),
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
      factor,
      matches: () => false,
      settings: {},
      issuer: 'Example Bank',
      context: null,
      now,
    }),
  );

it.each(Object.entries(attacks))('the authenticator app does not take %s', async (_, { attack }) => {
  expect(await attack(prove())).toBe(false);
});

it.each(Object.entries(attacks))('a copy with the bug takes %s', async (_, { bug, attack }) => {
  const broken = naive[bug]!;
  expect(await attack(factorOf(({ config }, code, now) => broken(config, code, now)))).toBe(true);
});
