import { expect, it } from 'vitest';
import type { CountersignError } from '../../src/index.ts';
import { defaultLimits } from '../../src/limits.ts';
import { enrolTotp, openWithFactors } from '../by-factor/enrolled.ts';
import { adaMail, codeOf } from '../confirmation/fixtures.ts';
import { oneCounter } from '../planted/one-counter.ts';

interface Login {
  /** By the first factor, which the attacker holds. */
  signIn(): Promise<void>;
  /** Whether a guess at the second was judged. */
  guess(): Promise<boolean>;
}

/** Signs in anew before every four guesses, so that no counter of five is ever full. */
async function attacked({ signIn, guess }: Login): Promise<number> {
  let judged = 0;
  for (let round = 0; round < 8; round += 1) {
    await signIn();
    for (let time = 0; time < 4; time += 1) judged += (await guess()) ? 1 : 0;
  }
  return judged;
}

it('a fresh login by the first factor leaves the count of the second, and empties it where there is one counter (bug 15)', async () => {
  await using test = await openWithFactors();
  const app = await enrolTotp(test);
  const api = test.core.confirmations();
  const ours = await attacked({
    async signIn() {
      const first = { methodId: 'otp', subjectId: 'ada', purpose: 'first-factor', data: adaMail };
      const { id } = await api.request(test.service, first);
      expect(await api.confirm(test.service, { id, data: codeOf(test) })).toMatchObject({
        status: 'confirmed',
      });
    },
    async guess() {
      const second = { factorId: app.factorId, subjectId: 'ada', purpose: 'second-factor' };
      const { id } = await api.request(test.service, second);
      try {
        await api.confirm(test.service, { id, data: { code: app.wrong().code } });
        return true;
      } catch (error) {
        expect((error as CountersignError).reason).toBe('factor_locked');
        return false;
      }
    },
  });
  expect(ours).toBe(defaultLimits.consecutiveWrongFree);

  const counter = oneCounter(defaultLimits.consecutiveWrongFree);
  const naive = await attacked({
    signIn: () => Promise.resolve(counter.signedIn()),
    guess: () => Promise.resolve(counter.judges()),
  });
  expect(naive).toBe(32);
});
