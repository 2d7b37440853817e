import {
  isCountersignError,
  type AuthorizationRequest,
  type AuthorizationRequestState,
  type CountersignClient,
} from '@countersign/client';
import { copyOf, find } from './element.ts';

/** One request, and the form to answer it while it waits. */
export interface Card {
  readonly element: HTMLLIElement;
  update(request: AuthorizationRequest): void;
  /** To where the code goes. */
  focus(): void;
}

export function createCard(id: string, { authorizationRequest }: CountersignClient): Card {
  const element = find(copyOf('#request'), 'li', HTMLLIElement);
  const form = find(element, 'form', HTMLFormElement);
  const code = find(form, 'input', HTMLInputElement);
  const alert = find(form, '[role=alert]', HTMLElement);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    alert.textContent = '';
    const answer = authorizationRequest.grant({ id, proof: { method: 'otp', code: code.value } });
    answer.then((judged) => {
      code.value = '';
      code.focus();
      // Once granted, the log tells everybody, this page too.
      if (!judged.granted) alert.textContent = `Not this code. ${triesLeft(judged.attemptsLeft)}`;
    }, complain);
  });
  find(form, '.deny', HTMLButtonElement).addEventListener('click', () => {
    authorizationRequest.deny({ id }).catch(complain);
  });

  function complain(error: unknown): void {
    alert.textContent = isCountersignError(error) ? error.message : 'That did not work.';
  }

  return {
    element,
    update(request) {
      element.dataset['state'] = request.consumedAt === null ? request.state : 'consumed';
      find(element, 'h3', HTMLElement).textContent = request.title;
      find(element, '.state', HTMLElement).textContent = stateOf(request);
      find(element, '.sent-to', HTMLElement).textContent =
        `Code sent to ${request.challenge?.sentTo ?? 'you'}`;
      find(element, 'dl', HTMLElement).replaceChildren(...request.facts.flatMap(factLine));
      form.hidden = request.state !== 'waiting';
    },
    focus: () => code.focus(),
  };
}

function factLine({ label, value }: AuthorizationRequest['facts'][number]): HTMLElement[] {
  const term = document.createElement('dt');
  const description = document.createElement('dd');
  term.textContent = label;
  description.textContent = value;
  return [term, description];
}

const decided: Readonly<Record<Exclude<AuthorizationRequestState, 'waiting'>, string>> = {
  granted: 'Granted',
  denied: 'Declined',
  cancelled: 'Called off',
  expired: 'Expired',
};

function stateOf({ state, consumedAt, expiresAt, reason }: AuthorizationRequest): string {
  if (consumedAt !== null) return `Sent at ${timeOf(consumedAt)}`;
  if (state === 'waiting') return `Waiting until ${timeOf(expiresAt)}`;
  return reason === 'attempts_exhausted' ? 'Too many wrong codes' : decided[state];
}

function timeOf(date: Date): string {
  return date.toLocaleTimeString([], { timeStyle: 'short' });
}

function triesLeft(attempts: number): string {
  return attempts === 1 ? '1 try is left.' : `${attempts} tries are left.`;
}
