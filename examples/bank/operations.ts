import { defineOperation } from '@countersign/server';
import { z } from 'zod';
import { accountOf, holderOf } from './server/directory.ts';
import { euro } from './server/euro.ts';

/** Up to this amount money leaves without anybody being asked. */
export const freeUpToCents = 10_000;

const iban = z
  .string()
  .refine((text) => holderOf(text) !== null, 'must be an account number of somebody here');
const account = z.string().refine((id) => accountOf(id) !== null, 'must be an account of this bank');
const cents = z.number().int().positive().max(100_000_000);

// #region operation
export const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({
    from: account,
    to: iban,
    amountCents: cents,
    reference: z.string().max(140),
  }),
  title: 'Send money',
  facts: ({ from, to, amountCents, reference }) => ({
    Amount: euro(amountCents),
    To: `${holderOf(to)}, ${to}`,
    From: nameOf(from),
    ...(reference !== '' && { Reference: reference }),
  }),
  when: ({ amountCents }) => amountCents > freeUpToCents,
  methods: ['device', 'passkey', 'totp', 'otp', 'recovery-code'],
});
// #endregion

/** Codes go to this address. A proof that knows nothing of the new one, such as a TOTP code, will not do. */
export const changeEmail = defineOperation({
  slug: 'change-email',
  data: z.strictObject({ email: z.email().max(254) }),
  title: 'Change the e-mail address',
  facts: ({ email }) => ({ 'New address': email }),
  binding: 'server',
});

/** Final, so it takes a key: the phone's or a passkey's. */
export const closeAccount = defineOperation({
  slug: 'close-account',
  data: z.strictObject({ account, payOutTo: account, balanceCents: z.number().int().nonnegative() }),
  title: 'Close an account',
  description: 'An account that is closed cannot be opened again.',
  facts: ({ account: closed, payOutTo, balanceCents }) => ({
    Account: nameOf(closed),
    'Paid out': euro(balanceCents),
    'To the account': nameOf(payOutTo),
  }),
  binding: 'cryptographic',
});

function nameOf(id: string): string {
  const known = accountOf(id);
  return known === null ? id : `${known.name}, ${known.iban}`;
}
