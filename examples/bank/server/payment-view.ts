import { accountOf, people } from './directory.ts';
import type { PaymentRow } from './history.ts';
import type { PaymentView } from './views.ts';

/** A payment as the holder of this account reads it. */
export function paymentViewOf(payment: PaymentRow, account: string): PaymentView {
  const { id, from, to, amountCents, bookedAt, reference, authorizationRequestId } = payment;
  const isOut = from === account;
  return {
    id,
    bookedAt: bookedAt.toISOString(),
    counterparty: counterpartyOf(payment, isOut ? to : from),
    reference,
    amountCents: isOut ? -amountCents : amountCents,
    authorizationRequestId: authorizationRequestId ?? null,
  };
}

function counterpartyOf(
  { payeeName, payeeIban }: PaymentRow,
  other: string | null | undefined,
): PaymentView['counterparty'] {
  const known = other == null ? null : accountOf(other);
  if (known === null) return { name: payeeName ?? '', iban: payeeIban ?? null };
  return { name: people[known.owner].name, iban: known.iban };
}
