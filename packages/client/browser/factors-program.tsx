import { createCountersignClient } from '@countersign/client';
import {
  AuthorizationDialog,
  CountersignProvider,
  FactorEnrolment,
  FactorList,
  type EnrolmentConfirmProps,
} from '@countersign/client/react';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** The page of a host on which a person looks after what they confirm with. */
const given = new URLSearchParams(location.search);
const client = createCountersignClient({
  url: given.get('url') ?? '',
  token: given.get('token') ?? '',
  reconnect: { firstMilliseconds: 10, maxMilliseconds: 50 },
});

/** How a method of the bank's own is confirmed. */
function Badge({ setup, confirm, problem }: EnrolmentConfirmProps): ReactNode {
  const { number } = setup as { readonly number: string };
  return (
    <>
      <p>Hold badge {number} to the reader.</p>
      <button onClick={() => confirm({ read: number })}>It has beeped</button>
      <p>{problem}</p>
    </>
  );
}

const app = document.getElementById('app');
if (app)
  createRoot(app).render(
    <StrictMode>
      <CountersignProvider client={client}>
        <h1>Security</h1>
        <FactorList nonce="of-the-page" />
        <FactorEnrolment nonce="of-the-page" methods={{ badge: { Confirm: Badge } }} />
        <AuthorizationDialog nonce="of-the-page" />
      </CountersignProvider>
    </StrictMode>,
  );
