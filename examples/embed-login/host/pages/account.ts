import type { AuthorizationRequestView } from '@countersign/server';
import { html } from 'hono/html';
import { alert, page, proofForm, type Markup } from './layout.ts';
import { nameOf, type Factors } from './sign-in.ts';

/** What this site offers. Codes are for whoever has lost everything else, and one set is enough. */
const offers = [
  { method: 'totp', text: 'Add an authenticator app', when: () => true },
  { method: 'passkey', text: 'Add a passkey', when: () => true },
  {
    method: 'recovery-code',
    text: 'Make recovery codes',
    when: (has: ReadonlySet<string>) => has.size > 0 && !has.has('recovery-code'),
  },
] as const;

export function accountPage(person: string, factors: Factors, note: string): Markup {
  const has = new Set(factors.map(({ method }) => method));
  const buttons = offers
    .filter(({ when }) => when(has))
    .map(({ method, text }) => html`<button name="add" value="${method}">${text}</button>`);
  return page(
    `Hello, ${person}`,
    html`${alert(note)}
      <section>
        <h2>Second factors</h2>
        ${
          factors.length === 0
            ? html`<p>None yet: the password alone signs you in.</p>`
            : html`<ul>
                ${factors.map((factor) => html`<li>${nameOf(factor)}</li>`)}
              </ul>`
        }
        <form method="post" action="/account/factors">${buttons}</form>
      </section>
      <form method="post" action="/account/sign-out"><button>Sign out</button></form>`,
  );
}

interface Authorize {
  readonly request: AuthorizationRequestView;
  /** The method of the factor that is to be added. */
  readonly add: string;
  /** What the browser asks for a passkey with, where one will do. */
  readonly options: unknown;
  readonly note: string;
}

/** Before a further factor is added: what Countersign says about it, and a form for each method that will do. */
export function authorizePage({ request, add, options, note }: Authorize): Markup {
  const { id, title, facts, methods } = request;
  const forms = methods.map((method) =>
    proofForm({
      action: '/account/factors',
      method,
      hidden: { add, request: id, method },
      ...(method === 'passkey' && { passkey: { options, ceremony: 'get' } }),
    }),
  );
  return page(
    title,
    html`${alert(note)}
      <section>
        <dl>
          ${facts.map(
            ({ label, value }) =>
              html`<dt>${label}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
        <p>Prove that it is you:</p>
        ${forms}
      </section>
      <p><a href="/account">Back</a></p>`,
  );
}

/** What `factor.create` answered; from a second look on without `setup`, which is told once. */
interface Enrolment {
  readonly factor: Pick<Factors[number], 'id' | 'title' | 'method'>;
  readonly confirmationId: string;
  readonly setup?: unknown;
  readonly note?: string;
}

/** As the methods of Countersign tell it: one of the three. */
interface Setup {
  readonly uri?: string;
  readonly secret?: string;
  readonly options?: unknown;
  readonly codes?: readonly string[];
}

export function enrolPage({ factor, confirmationId, setup, note = '' }: Enrolment): Markup {
  const { uri, secret, options, codes } = (setup ?? {}) as Setup;
  const form = proofForm({
    action: '/account/factors/confirm',
    method: factor.method,
    hidden: { factor: factor.id, confirmation: confirmationId },
    ...(options !== undefined && { passkey: { options, ceremony: 'create' } }),
  });
  return page(
    factor.title,
    html`${alert(note)}
      <section>
        ${
          codes &&
          html`<p>Keep these where your phone is not. Each of them signs you in once.</p>
            <ol>
              ${codes.map((code) => html`<li><code>${code}</code></li>`)}
            </ol>`
        }
        ${
          uri &&
          html`<p>Add <a href="${uri}">this account</a> to your app, by the key:</p>
            <p><code>${secret}</code></p>`
        }
        ${codes ? '' : form}
      </section>
      <p><a href="/account">Back to the account</a></p>`,
  );
}
