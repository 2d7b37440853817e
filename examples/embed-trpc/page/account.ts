import { isCountersignError, type AuthorizationRequest, type ConnectionState } from '@countersign/client';
import { bank, connectCountersign } from './bank.ts';
import { createCard, type Card } from './card.ts';
import { copyOf, find } from './element.ts';
import { followRequests } from './follow.ts';
import { resumeSending, sendOnceGranted } from './send.ts';

/** The account of who is signed in; `leave` when they are not any more. */
export async function showAccount(main: HTMLElement, customer: string, leave: () => void): Promise<void> {
  const client = connectCountersign(showConnection);
  const cards = new Map<string, Card>();
  main.replaceChildren(copyOf('#account'));
  find(main, '#balance-label', HTMLElement).textContent = customer;
  const form = find(main, '#transfer', HTMLFormElement);
  const to = find(form, '[name=to]', HTMLInputElement);
  const amount = find(form, '[name=amount]', HTMLInputElement);
  const alert = find(form, '[role=alert]', HTMLElement);
  const list = find(main, '#requests', HTMLOListElement);

  const showBalance = async (): Promise<void> => {
    const { balanceCents } = await bank.account.query();
    find(main, '#balance', HTMLOutputElement).value = euro.format(balanceCents / 100);
  };
  const show = (request: AuthorizationRequest): Card => {
    const known = cards.get(request.id);
    const card = known ?? createCard(request.id, client);
    cards.set(request.id, card);
    card.update(request);
    if (known === undefined) list.prepend(card.element);
    find(main, '#none', HTMLElement).hidden = true;
    if (known !== undefined && request.consumedAt !== null) showBalance().catch(complain);
    return card;
  };
  const complain = (error: unknown): void => {
    if (isCountersignError(error, 'unauthenticated')) return end();
    alert.textContent = error instanceof Error ? error.message : 'That did not work.';
  };
  const end = (): void => {
    void client.close();
    showConnection(null);
    leave();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    alert.textContent = '';
    const transfer = { to: to.value, amountCents: Math.round(amount.valueAsNumber * 100) };
    sendOnceGranted(client, transfer, (request) => show(request).focus()).catch(complain);
  });
  find(main, '#sign-out', HTMLButtonElement).addEventListener('click', () => {
    fetch('/session', { method: 'DELETE' }).then(end, complain);
  });

  await showBalance();
  followRequests(client, show).catch(complain);
  resumeSending(client).catch(complain);
}

function showConnection(state: ConnectionState | null): void {
  const place = find(document, '#connection', HTMLElement);
  place.textContent = state === 'connected' ? 'live' : (state ?? '');
  place.dataset['state'] = state ?? 'none';
}

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
