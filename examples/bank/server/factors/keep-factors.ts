import type { Bank } from '../bank.ts';
import { personIds } from '../directory.ts';
import { keepAuthenticator } from './keep-authenticator.ts';
import { keepEmailFactor } from './keep-email.ts';
import { keepLetter } from './keep-letter.ts';

/**
 * What everybody of the demo can prove with from the start. A phone and a passkey they bring themselves. One person after
 * the other: recovery codes are hashed slowly on purpose, and thirty at once would make everything else wait.
 */
export async function keepFactors(bank: Bank): Promise<void> {
  // Ada is last, so that her letter is the newest in the inbox.
  for (const person of personIds.toReversed()) {
    await keepEmailFactor(bank, person);
    await keepAuthenticator(bank, person);
    await keepLetter(bank, person);
  }
}
