import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SessionView } from '../../server/views.ts';
import { AccountList } from './account-list.tsx';
import { Guarded } from './guarded.tsx';
import { History } from './history.tsx';
import { Loading } from './loading.tsx';
import { accountsQuery } from './queries.ts';
import { SendMoney } from './send-money.tsx';
import { Unreachable } from './unreachable.tsx';

export function AccountsPage({ session }: { readonly session: SessionView }): ReactNode {
  const accounts = useQuery(accountsQuery);
  if (accounts.isPending) return <Loading />;
  if (accounts.isError) return <Unreachable retry={() => void accounts.refetch()} />;
  const open = accounts.data.filter(({ closedAt }) => closedAt === null);
  return (
    <main id="main" tabIndex={-1}>
      <h1 className="unseen">Accounts of {session.person.name}</h1>
      <div className="columns">
        <section className="wealth" aria-label="Accounts">
          <AccountList accounts={open} />
        </section>
        {open.length > 0 && <SendMoney session={session} accounts={open} />}
        {open.length > 0 && <History accounts={open} />}
      </div>
      <Guarded />
    </main>
  );
}
