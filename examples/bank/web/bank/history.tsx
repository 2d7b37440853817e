import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { AccountView, PaymentView } from '../../server/views.ts';
import { moneyOf } from '../format/money.tsx';
import { clockOf, dayOf } from '../format/time.ts';
import { Loading } from './loading.tsx';
import { historyQuery } from './queries.ts';
import { Unreachable } from './unreachable.tsx';

/** What has moved on one of the accounts, newest first, a line for each movement. */
export function History({ accounts }: { readonly accounts: readonly AccountView[] }): ReactNode {
  const [chosen, setChosen] = useState<string>();
  const account = accounts.find(({ id }) => id === chosen) ?? accounts[0];
  const history = useInfiniteQuery(historyQuery(account?.id ?? ''));
  const payments = history.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className="moved" aria-labelledby="moved">
      <header>
        <h2 id="moved">Last 30 days</h2>
        <select
          aria-label="Movements of"
          value={account?.id}
          onChange={({ target }) => setChosen(target.value)}
        >
          {accounts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </header>
      {history.isPending && <Loading lines={6} />}
      {history.isError && (
        <Unreachable what="The movements did not come." retry={() => void history.refetch()} />
      )}
      {history.isSuccess && payments.length === 0 && (
        <p className="empty">Nothing has moved yet. What you send shows up here.</p>
      )}
      <ol className="history">
        {[...daysOf(payments)].map(([day, lines]) => (
          <li key={day}>
            <h3>{dayOf(new Date(day), new Date())}</h3>
            <ul>
              {lines.map((payment) => (
                <Line key={payment.id} payment={payment} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {history.hasNextPage && (
        <button
          type="button"
          className="plain"
          disabled={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {history.isFetchingNextPage ? 'Loading…' : 'Show more'}
        </button>
      )}
    </section>
  );
}

function daysOf(payments: readonly PaymentView[]): Map<string, PaymentView[]> {
  const days = new Map<string, PaymentView[]>();
  for (const payment of payments) {
    const day = new Date(payment.bookedAt).toDateString();
    days.set(day, [...(days.get(day) ?? []), payment]);
  }
  return days;
}

function Line({ payment }: { readonly payment: PaymentView }): ReactNode {
  const { counterparty, reference, bookedAt, amountCents, authorizationRequestId } = payment;
  return (
    <li className={amountCents > 0 ? 'in' : undefined}>
      <span className="who">{counterparty.name}</span>
      <span className="what">
        {reference}
        {authorizationRequestId !== null && <em> approved</em>}
      </span>
      <time dateTime={bookedAt}>{clockOf(new Date(bookedAt))}</time>
      <span className="moved-by">
        {amountCents > 0 ? '+' : ''}
        {moneyOf(amountCents)}
      </span>
    </li>
  );
}
