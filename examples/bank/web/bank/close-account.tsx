import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent, type ReactNode } from 'react';
import { moneyOf } from '../format/money.tsx';
import { bank } from './bank.ts';
import { Loading } from './loading.tsx';
import { accountsQuery, refreshMoney } from './queries.ts';
import { Unreachable } from './unreachable.tsx';
import { Verdict } from './verdict.tsx';

interface Closing {
  readonly account: string;
  readonly payOutTo: string;
  readonly balanceCents: number;
}

export function CloseAccount(): ReactNode {
  const id = useId();
  const accounts = useQuery(accountsQuery);
  const [chosen, setChosen] = useState({ account: '', payOutTo: '' });
  const close = useMutation({
    mutationFn: (closing: Closing) => bank.closeAccount.mutate(closing),
    onSettled: async () => await refreshMoney(),
  });
  if (accounts.isPending) return <Loading lines={2} />;
  if (accounts.isError) return <Unreachable retry={() => void accounts.refetch()} />;

  const open = accounts.data.filter(({ closedAt }) => closedAt === null);
  const closing = open.find(({ id: one }) => one === chosen.account) ?? open.at(-1);
  const others = open.filter((account) => account !== closing);
  const payOutTo = others.find(({ id: one }) => one === chosen.payOutTo) ?? others[0];
  if (closing === undefined || payOutTo === undefined)
    return <p className="empty">This is your last account, so there is nowhere to pay its balance to.</p>;

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (closing === undefined || payOutTo === undefined) return;
    close.mutate({ account: closing.id, payOutTo: payOutTo.id, balanceCents: closing.balanceCents });
  }

  return (
    <form onSubmit={submit}>
      <div className="field">
        <label htmlFor={`${id}account`}>Account</label>
        <select
          id={`${id}account`}
          value={closing.id}
          onChange={({ target }) => setChosen({ ...chosen, account: target.value })}
        >
          {open.map((account) => (
            <option key={account.id} value={account.id}>
              {account.name}, {moneyOf(account.balanceCents)}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}to`}>Pay the balance to</label>
        <select
          id={`${id}to`}
          value={payOutTo.id}
          onChange={({ target }) => setChosen({ ...chosen, payOutTo: target.value })}
        >
          {others.map((account) => (
            <option key={account.id} value={account.id}>
              {account.name}
            </option>
          ))}
        </select>
      </div>
      <Verdict error={close.error}>{close.data && `${close.data.account.name} is closed.`}</Verdict>
      <button className="button danger" disabled={close.isPending}>
        {close.isPending ? 'Closing…' : `Close ${closing.name}`}
      </button>
    </form>
  );
}
