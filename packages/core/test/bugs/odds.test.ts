import { expect, it } from 'vitest';
import { confirmationDefaults, requestDefaults } from '../../src/limits.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { createOutbox, openTestCore } from '../../testing/index.ts';

const places = {
  sms: { channel: 'sms', address: '+442079460000' },
  email: { channel: 'email', address: 'ada@example.org' },
} as const;

it('guessing costs a confirmation and an enrolment what it costs a request: 1e-5 each, 5e-5 a subject and day, of the codes that are really sent', async () => {
  const outbox = createOutbox();
  await using test = await openTestCore({ methods: [otp({ send: outbox.send })] });
  const { core, service } = test;
  const { wrongProofsPerDayMax: perDay } = service.limits;
  for (const place of Object.values(places)) {
    await core.confirmations().request(service, { methodId: 'otp', subjectId: 'ada', data: place });
    const confirmed = outbox.codeFor(place.address);
    await core.factors.create(service, { methodId: 'otp', subjectId: 'ada', config: place });
    const enrolled = outbox.codeFor(place.address);
    expect(enrolled).not.toBe(confirmed);
    for (const code of [confirmed, enrolled]) {
      expect(code).toMatch(/^[0-9]+$/);
      // Nothing is resent for one of them: its one code is the one that is right.
      expect(confirmationDefaults.attemptsMax / 10 ** code.length).toBeLessThanOrEqual(1e-5);
      expect(perDay / 10 ** code.length).toBeLessThanOrEqual(5e-5);
    }
  }
});

it('no way to prove is guessed with better odds than 1e-5 a request and 5e-5 a subject and day, as configured', async () => {
  await using test = await openTestCore();
  const { wrongProofsPerDayMax: perDay, promptsPerHourMax: perHour } = test.service.limits;
  /** How many answers are right at the same time, of how many there are. */
  const odds = {
    'a code by SMS for a request': 2 / 1e6,
    'a code by SMS for a confirmation or an enrolment': 1 / 1e6,
    'a code by e-mail': 2 / 1e8,
    'an authenticator app': 2 / 1e6,
    'a recovery code': 10 / 2 ** 80,
    'the secret of a device, with its digits': 1 / 2 ** 256,
    'a signature of a device or a passkey': 1 / 2 ** 128,
  };
  for (const [way, one] of Object.entries(odds)) {
    expect(requestDefaults.attemptsMax * one, way).toBeLessThanOrEqual(1e-5);
    expect(perDay * one, way).toBeLessThanOrEqual(5e-5);
  }
  // Digits are typed by the owner of the device alone: of those prompts that a stranger starts, one entry each.
  expect(perHour / 10 ** 3).toBeLessThanOrEqual(0.005);
  expect(perDay / 10 ** 3).toBeLessThanOrEqual(0.02);
});
