import type { Bank } from '../bank.ts';
import type { PersonId } from '../directory.ts';
import { keep, keptBy } from './keepsakes.ts';

/** The authenticator app of a person: made once, and its seed kept for the phone page, which plays the app. */
export async function keepAuthenticator(bank: Bank, subjectId: PersonId): Promise<void> {
  if ((await keptBy(bank, subjectId, 'totp')) !== null) return;
  const { factor, setup } = await bank.service.factor.create({
    subjectId,
    methodId: 'totp',
    title: 'Authenticator',
    confirmed: true, // the seed goes nowhere but to the phone page
  });
  await keep(bank, subjectId, 'totp', { factorId: factor.id, text: uriOf(setup) });
}

function uriOf(setup: unknown): string {
  const { uri } = setup as { readonly uri: string };
  return uri;
}
