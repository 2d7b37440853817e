import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import type { AccountView, SessionView } from '../../server/views.ts';
import { moneyOf } from '../format/money.tsx';
import { focusHere } from '../page/focus.ts';
import { Cheats } from './cheats.tsx';
import { Loading } from './loading.tsx';
import { recipientsQuery } from './queries.ts';
import { Receipt } from './receipt.tsx';
import { SendForm } from './send-form.tsx';
import { Unreachable } from './unreachable.tsx';
import { useSending } from './use-sending.ts';

interface SendMoneyProps {
  readonly session: SessionView;
  readonly accounts: readonly AccountView[];
}

/** The form, and in its place what becomes of what was sent. */
export function SendMoney({ session, accounts }: SendMoneyProps): ReactNode {
  const recipients = useQuery(recipientsQuery);
  const { sending, send, clear } = useSending();
  const place = useRef<HTMLElement>(null);
  const { step } = sending;
  useEffect(() => {
    // Where the form has gone, the focus would be nowhere.
    if (step === 'sent' && !document.querySelector('dialog[open]')) focusHere(place.current);
  }, [step]);

  const nameOf = (iban: string): string =>
    recipients.data?.find((recipient) => recipient.iban === iban)?.name ?? iban;
  return (
    <section className="desk" aria-labelledby="send" tabIndex={-1} ref={place}>
      <h2 id="send">Send money</h2>
      {recipients.isPending && <Loading />}
      {recipients.isError && (
        <Unreachable what="The list of payees did not come." retry={() => void recipients.refetch()} />
      )}
      <div role="status">
        {step === 'waiting' && (
          <p className="waits">
            <strong>Waits for your approval.</strong> {moneyOf(sending.transfer.amountCents)} to{' '}
            {nameOf(sending.transfer.to)} has not left your account.
          </p>
        )}
        {step === 'stopped' && (
          <p className="stopped">
            <strong>{sending.words.title}.</strong> {sending.words.text}
          </p>
        )}
        {step === 'sent' && <span className="unseen">Sent.</span>}
      </div>
      {step === 'sent' ? (
        <>
          <Receipt transfer={sending.transfer} to={nameOf(sending.transfer.to)} request={sending.request} />
          <button type="button" className="button" onClick={clear}>
            Send something else
          </button>
          {sending.request !== null && (
            <Cheats request={sending.request} amountCents={sending.transfer.amountCents} />
          )}
        </>
      ) : (
        recipients.isSuccess && (
          <>
            {step === 'ready' && !session.hasPhone && (
              <p className="hint lead">
                Nothing of yours signs yet.{' '}
                <a href="/split" target="_top">
                  Open the phone beside this page
                </a>
                , and it is paired by itself.
              </p>
            )}
            <SendForm
              accounts={accounts}
              recipients={recipients.data}
              limitCents={session.freeUpToCents}
              onSend={(transfer) => void send(transfer)}
              isBusy={step === 'sending' || step === 'waiting'}
            />
          </>
        )
      )}
    </section>
  );
}
