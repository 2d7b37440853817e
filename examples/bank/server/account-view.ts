import type { InferEntity } from '@mikro-orm/core';
import { accountOf } from './directory.ts';
import type { Account } from './entities.ts';
import type { AccountView } from './views.ts';

export type AccountRow = InferEntity<typeof Account>;

export function accountViewOf({ id, balanceCents, closedAt }: AccountRow): AccountView {
  const known = accountOf(id);
  return {
    id,
    name: known?.name ?? id,
    iban: known?.iban ?? '',
    balanceCents,
    closedAt: closedAt?.toISOString() ?? null,
  };
}
