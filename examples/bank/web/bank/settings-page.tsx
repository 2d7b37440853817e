import { FactorEnrolment, FactorList } from '@countersign/client/react';
import type { ReactNode } from 'react';
import type { SessionView } from '../../server/views.ts';
import { nonceOfPage } from '../page/nonce.ts';
import { ChangeEmail } from './change-email.tsx';
import { CloseAccount } from './close-account.tsx';
import { StartOver } from './start-over.tsx';

const nonce = nonceOfPage();

/** What somebody who is in could use to keep the owner out: every change is authorized like money. */
export function SettingsPage({ session: { person } }: { readonly session: SessionView }): ReactNode {
  return (
    <main id="main" className="settings" tabIndex={-1}>
      <h1>Settings</h1>
      <section aria-labelledby="email">
        <div>
          <h2 id="email">E-mail address</h2>
          <p>Codes and letters go here, so a change of it is approved by something that you have already.</p>
        </div>
        <ChangeEmail current={person.email} />
      </section>
      <section aria-labelledby="security">
        <div>
          <h2 id="security">Security</h2>
          <p>What you approve by. Adding one takes another one that is as strong.</p>
        </div>
        <div className="factors">
          <FactorList nonce={nonce} />
          <FactorEnrolment nonce={nonce} />
        </div>
      </section>
      <section aria-labelledby="close">
        <div>
          <h2 id="close">Close an account</h2>
          <p>
            Final, so it takes a key: that of your phone, or a passkey. The balance goes to another account of
            yours.
          </p>
        </div>
        <CloseAccount />
      </section>
      <section aria-labelledby="over">
        <div>
          <h2 id="over">Start over</h2>
          <p>Accounts, movements and addresses as they were at the first start. Phones stay paired.</p>
        </div>
        <StartOver />
      </section>
    </main>
  );
}
