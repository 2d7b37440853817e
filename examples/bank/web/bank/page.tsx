import { useEvents } from '@countersign/client/react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { Mark } from '../brand/mark.tsx';
import { AccountsPage } from './accounts-page.tsx';
import { Foot } from './foot.tsx';
import { Header } from './header.tsx';
import { Loading } from './loading.tsx';
import { Offline } from './offline.tsx';
import { usePlace } from './place.ts';
import { refreshMoney, sessionQuery } from './queries.ts';
import { SettingsPage } from './settings-page.tsx';
import { Unreachable } from './unreachable.tsx';

/** The whole bank, for whoever is signed in: the server begins a session as Ada where there is none. */
export function Page(): ReactNode {
  const session = useQuery(sessionQuery);
  const place = usePlace();
  useEffect(() => {
    document.title = place === 'settings' ? 'Settings · Acme Bank' : 'Acme Bank';
  }, [place]);
  // What another tab or another person sends is here without a reload.
  useEvents(
    session.isSuccess ? { types: ['authorization_request.consumed'] } : null,
    () => void refreshMoney(),
    { keep: 0 },
  );

  useEvents(
    session.isSuccess ? { types: ['device.registered', 'device.revoked'] } : null,
    () => void session.refetch(),
    { keep: 0 },
  );

  if (!session.isSuccess)
    return (
      <main className="door">
        <Mark />
        <h1>Acme Bank</h1>
        {session.isPending ? <Loading /> : <Unreachable retry={() => void session.refetch()} />}
      </main>
    );
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header place={place} session={session.data} />
      <Offline />
      {place === 'settings' ? (
        <SettingsPage session={session.data} />
      ) : (
        <AccountsPage session={session.data} />
      )}
      <Foot />
    </>
  );
}
