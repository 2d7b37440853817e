import type { ReactNode } from 'react';
import type { AccountView } from '../../server/views.ts';
import { Money } from '../format/money.tsx';
import { Weave } from '../brand/weave.tsx';

/** The first account is printed like a note, the others are lines below it. */
export function AccountList({ accounts }: { readonly accounts: readonly AccountView[] }): ReactNode {
  if (accounts.length === 0) return <p className="empty">There is no open account any more.</p>;
  return (
    <ul className="accounts">
      {accounts.map((account, index) => (
        <li key={account.id} className={index === 0 ? 'note' : undefined}>
          {index === 0 && <Weave />}
          <h2>{account.name}</h2>
          <p className="balance">
            <Money cents={account.balanceCents} />
          </p>
          <p className="serial mono">{account.iban}</p>
        </li>
      ))}
    </ul>
  );
}
