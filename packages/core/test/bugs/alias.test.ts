import { expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { wrongCode } from '../confirmation/fixtures.ts';
import { refusal } from '../fixtures.ts';
import { countedAsWritten } from '../planted/counted-as-written.ts';

const spellings = [
  'ada@example.org',
  'Ada@example.org',
  'ADA@EXAMPLE.ORG',
  'ada+bank@example.org',
  'ada@Example.org',
  'aDA+x+y@example.org',
];

it('guesses at a code to one mailbox are counted once, however it is spelled, and by spelling where the text is the key (bug 11)', async () => {
  await using test = await openTestCore({ limits: { consecutiveWrongFree: 500, consecutiveWrongMax: 500 } });
  const api = test.core.confirmations();
  let judged = 0;
  for (const address of spellings) {
    const { id } = await api.request(test.service, {
      methodId: 'otp',
      purpose: 'sign-up',
      data: { channel: 'email', address },
    });
    for (let guess = 0; guess < 5; guess += 1) {
      const answer = api.confirm(test.service, { id, data: wrongCode(test) });
      if (judged < 20) judged += (await answer).status === 'in_process' ? 1 : 0;
      else await expect(answer).rejects.toMatchObject(refusal('subject_locked'));
    }
  }
  expect(judged).toBe(20);

  const naive = countedAsWritten(20);
  const guesses = spellings.flatMap((address) => Array.from({ length: 20 }, () => naive(address)));
  expect(guesses.filter(Boolean)).toHaveLength(20 * spellings.length);
});
