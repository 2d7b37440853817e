import { accountViewOf } from './account-view.ts';
import { authorizationViewOf, type Used } from './authorization-view.ts';
import { paymentViewOf } from './payment-view.ts';
import type { Sent } from './send-money.ts';
import type { TransferView } from './views.ts';

/** As whoever has sent the money reads it. */
export function transferViewOf({ payment, account }: Sent, authorization: Used | null): TransferView {
  return {
    payment: paymentViewOf(payment, account.id),
    account: accountViewOf(account),
    authorization: authorization && authorizationViewOf(authorization),
  };
}
