import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CountersignError, defineOperation } from '../../src/index.ts';
import { defaultLimits, limitBounds, requestDefaults } from '../../src/limits.ts';
import type { Method } from '../../src/method/define.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { createOutbox, openTestCore } from '../../testing/index.ts';
import { enrolEmail, enrolTotp } from './enrolled.ts';

const anything = defineOperation({
  slug: 'anything',
  data: z.unknown(),
  title: 'Anything',
  methods: ['otp', 'totp', 'recovery-code'],
});

/** Counts how often a method really compares something. */
function counted(method: Method, compared: { times: number }): Method {
  return {
    ...method,
    verify(input) {
      compared.times += 1;
      return method.verify(input);
    },
  };
}

async function inParallel<Item>(items: readonly Item[], width: number, run: (item: Item) => Promise<void>) {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await run(item);
    }),
  );
}

describe('guessing', () => {
  it('at 1,000 requests, five times each and 50 at once, by all methods mixed, is judged as often as the day allows', async () => {
    const compared = { times: 0 };
    const outbox = createOutbox();
    const methods = [otp({ send: outbox.send }), totp(), recoveryCodes()].map((method) =>
      counted(method, compared),
    );
    await using test = await openTestCore({
      methods,
      operations: [anything],
      // Only the day's cap is asked for here; the other walls would stop it earlier.
      limits: {
        waitingPerSubjectMax: 1000,
        sendsPerSubjectDayMax: 1000,
        sendsPerRecipient10MinutesMax: 1000,
        sendsPerRecipientDayMax: 1000,
        consecutiveWrongFree: 5000,
        consecutiveWrongMax: 5000,
      },
    });
    const app = await enrolTotp(test);
    await enrolEmail(test, 'ada@example.org');
    await test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'recovery-code' });
    const requests: string[] = [];
    await inParallel([...Array(1000).keys()], 20, async (data) => {
      const { id } = await test.core.authorizationRequest.create(test.service, {
        slug: 'anything',
        subjectId: 'ada',
        data,
      });
      requests.push(id);
    });
    await inParallel(requests.slice(0, 40), 10, async (id) => {
      await test.core.authorizationRequest.challenge(test.service, { id, method: 'otp' });
    });
    const proofs = [
      app.wrong(),
      { method: 'otp', code: '00000000' },
      { method: 'recovery-code', code: '0000-0000-0000-0000' },
      app.wrong(),
      { method: 'otp', code: '11111111' },
    ];
    const reasons = new Set<string>();
    let judged = 0;
    await inParallel(
      requests.flatMap((id) => proofs.map((proof) => ({ id, proof }))),
      50,
      async ({ id, proof }) => {
        try {
          const answer = await test.core.authorizationRequest.grant(test.service, { id, proof });
          expect(answer.granted).toBe(false);
          judged += 1;
        } catch (error) {
          reasons.add(error instanceof CountersignError ? error.reason : String(error));
        }
      },
    );
    expect([...reasons]).toEqual(['subject_locked']);
    expect(judged).toBe(defaultLimits.wrongProofsPerDayMax);
    expect(compared.times).toBeLessThanOrEqual(defaultLimits.wrongProofsPerDayMax);
  }, 60_000);

  it('costs what the arithmetic says: at most 1e-5 a request by a code we send, 5e-5 a subject and day, as configured', () => {
    const { wrongProofsPerDayMax: perDay } = defaultLimits;
    const { attemptsMax: perRequest } = requestDefaults;
    /** One guess: how many of how many are right at the same time. A resend leaves two codes valid. */
    const odds = {
      emailCode: 2 / 1e8,
      smsCode: 2 / 1e6,
      totp: 2 / 1e6,
      recoveryCode: 10 / 2 ** 80,
    };
    const any = Math.max(...Object.values(odds));
    expect(perRequest * any).toBeLessThanOrEqual(1e-5);
    expect(perDay * any).toBeLessThanOrEqual(5e-5);
    // As far as a host may loosen it, TOTP stays below the 1e-4 of the standard (NIST SP 800-63B-4 §3.2.2).
    expect((limitBounds.wrongProofsPerDayMax ?? 0) * odds.totp).toBeLessThanOrEqual(1e-4);
    // The digits beside a key are no proof but a check of presence: one try a challenge, five prompts an hour.
    const { promptsPerHourMax } = defaultLimits;
    expect(promptsPerHourMax / 1e3).toBeLessThanOrEqual(5e-3);
    expect(promptsPerHourMax / 1e6).toBeLessThanOrEqual(5e-6);
  });
});
