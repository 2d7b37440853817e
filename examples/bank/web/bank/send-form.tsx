import { useId, useState, type SubmitEvent, type ReactNode } from 'react';
import type { AccountView, RecipientView } from '../../server/views.ts';
import { centsOf } from '../format/cents.ts';
import { moneyOf } from '../format/money.tsx';
import { keep, kept } from './kept.ts';
import { isDraft, type Draft, type Transfer } from './transfer.ts';

interface SendFormProps {
  readonly accounts: readonly AccountView[];
  readonly recipients: readonly RecipientView[];
  readonly limitCents: number;
  readonly onSend: (transfer: Transfer) => void;
  readonly isBusy: boolean;
}

/** Whom, and how much. Up to the limit it just happens; above it the bank asks, and the form says so beforehand. */
export function SendForm({ accounts, recipients, limitCents, onSend, isBusy }: SendFormProps): ReactNode {
  const id = useId();
  const [draft, setDraft] = useDraft(accounts, recipients);
  const from = accounts.find((account) => account.id === draft.from) ?? accounts[0];
  const cents = centsOf(draft.amount);
  const problem = problemOf(draft.amount, cents, from);
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (cents === null || problem !== null || from === undefined) return;
    onSend({ from: from.id, to: draft.to, amountCents: cents, reference: draft.reference.trim() });
  }

  return (
    <form className="send" onSubmit={submit} aria-busy={isBusy}>
      <div className="field">
        <label htmlFor={`${id}to`}>To</label>
        <select id={`${id}to`} value={draft.to} onChange={({ target }) => change({ to: target.value })}>
          {recipients.map(({ iban, name, ownAccount }) => (
            <option key={iban} value={iban}>
              {ownAccount === null ? name : `Own account: ${ownAccount}`}
            </option>
          ))}
        </select>
        <span className="hint mono">{draft.to}</span>
      </div>
      <div className="field sum-field">
        <label htmlFor={`${id}amount`}>Amount</label>
        <span className="euro" aria-hidden="true">
          €
        </span>
        <input
          id={`${id}amount`}
          required
          inputMode="decimal"
          autoComplete="off"
          maxLength={14}
          placeholder="0.00"
          value={draft.amount}
          onChange={({ target }) => change({ amount: target.value })}
          aria-invalid={problem !== null}
          aria-describedby={`${id}hint`}
        />
        <span id={`${id}hint`} className={problem === null ? 'hint' : 'wrong'}>
          {problem ?? limitHint(cents, limitCents)}
        </span>
      </div>
      <div className="field">
        <label htmlFor={`${id}reference`}>Reference, if you like</label>
        <input
          id={`${id}reference`}
          autoComplete="off"
          maxLength={140}
          value={draft.reference}
          onChange={({ target }) => change({ reference: target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}from`}>From</label>
        <select id={`${id}from`} value={from?.id} onChange={({ target }) => change({ from: target.value })}>
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>
              {account.name}, {moneyOf(account.balanceCents)}
            </option>
          ))}
        </select>
      </div>
      <button className="button solid" disabled={isBusy}>
        {isBusy ? 'Sending…' : cents === null ? 'Send' : `Send ${moneyOf(cents)}`}
      </button>
    </form>
  );
}

/** At first what the story needs: somebody at another bank, and more than is free. */
function useDraft(accounts: readonly AccountView[], recipients: readonly RecipientView[]) {
  const [draft, setDraft] = useState<Draft>(
    () =>
      kept('draft', isDraft) ?? {
        from: accounts[0]?.id ?? '',
        to: (recipients.find(({ ownAccount }) => ownAccount === null) ?? recipients[0])?.iban ?? '',
        amount: '2,500.00',
        reference: '',
      },
  );
  const change = (next: Draft): void => {
    keep('draft', next);
    setDraft(next);
  };
  return [draft, change] as const;
}

function problemOf(text: string, cents: number | null, from: AccountView | undefined): string | null {
  if (text === '') return null;
  if (cents === null) return 'Write an amount such as 2,500.00';
  if (from !== undefined && cents > from.balanceCents) return `More than there is in ${from.name}.`;
  return null;
}

function limitHint(cents: number | null, limitCents: number): string {
  const limit = moneyOf(limitCents);
  if (cents === null || cents <= limitCents) return `Up to ${limit} it is sent at once.`;
  return `More than ${limit}: you will be asked to approve it.`;
}
