import { expect, it } from 'vitest';
import { openTestCore } from '../../testing/index.ts';
import { codeOf, requestByMail, wrongCode } from '../confirmation/fixtures.ts';

it('four parallel wrong guesses never make the right answer to a confirmation fail, in 20 rounds (bug 51)', async () => {
  const limits = {
    consecutiveWrongFree: 500,
    wrongProofsPerDayMax: 500,
    sendsPerSubjectDayMax: 500,
    sendsPerRecipient10MinutesMax: 500,
    sendsPerRecipientDayMax: 500,
  };
  await using test = await openTestCore({ limits });
  const api = test.core.confirmations();
  for (let round = 0; round < 20; round += 1) {
    const { id } = await requestByMail(test);
    const proofs = Array.from({ length: 4 }, () => wrongCode(test));
    proofs.splice(round % 5, 0, codeOf(test));
    await Promise.allSettled(proofs.map((data) => api.confirm(test.service, { id, data })));
    const { confirmation } = await api.check(test.service, { id });
    expect(confirmation).toMatchObject({ status: 'confirmed' });
  }
});
