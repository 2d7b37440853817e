import type { Receipt } from '@countersign/server';
import type { AuthorizationView } from './views.ts';

/** What a guarded procedure finds in its context. */
export interface Used {
  readonly id: string;
  readonly receipt: Receipt;
}

export function authorizationViewOf({ id, receipt }: Used): AuthorizationView {
  return {
    id,
    dataHash: receipt.dataHash,
    binding: receipt.binding,
    grantedAt: receipt.grantedAt.toISOString(),
    consumedAt: receipt.consumedAt.toISOString(),
  };
}
