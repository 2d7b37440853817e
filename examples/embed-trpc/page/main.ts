import { showAccount } from './account.ts';
import { bank } from './bank.ts';
import { copyOf, find } from './element.ts';

const main = find(document, 'main', HTMLElement);

async function start(): Promise<void> {
  const customer = await bank.customer.query();
  if (customer === null) showSignIn();
  else await showAccount(main, customer.name, showSignIn);
}

function showSignIn(): void {
  main.replaceChildren(copyOf('#sign-in'));
  for (const button of main.querySelectorAll('button')) {
    button.addEventListener('click', () => void signIn(button.value));
  }
}

async function signIn(customer: string): Promise<void> {
  await fetch(`/session?customer=${customer}`, { method: 'POST' });
  await start();
}

await start();
