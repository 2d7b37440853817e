import { html } from 'hono/html';
import { attemptsText } from '../refusal.ts';
import type { askedOf, factorsOf } from '../second-factor.ts';
import { alert, page, proofForm, type Markup } from './layout.ts';

export type Factors = Awaited<ReturnType<typeof factorsOf>>;
type Asked = NonNullable<Awaited<ReturnType<typeof askedOf>>>;

export function signInPage(note: string): Markup {
  const fields = (autocomplete: 'current-password' | 'new-password') =>
    html`<label>Name <input name="name" autocomplete="username" autocapitalize="none" required /></label>
      <label
        >Password <input name="password" type="password" autocomplete="${autocomplete}" required
      /></label>`;
  return page(
    'Sign in',
    html`${alert(note)}
      <section>
        <form method="post" action="/login">
          ${fields('current-password')}
          <button>Sign in</button>
        </form>
      </section>
      <section>
        <h2>New here?</h2>
        <form method="post" action="/sign-up">
          ${fields('new-password')}
          <p>A password of 15 characters or more: at first it is all that you sign in with.</p>
          <button>Create account</button>
        </form>
      </section>`,
  );
}

export function choicePage(factors: Factors, note: string): Markup {
  const buttons = factors.map(
    (factor) => html`<button name="factor" value="${factor.id}">${nameOf(factor)}</button>`,
  );
  return page(
    'One more step',
    html`${alert(note)}
      <section>
        <p>The password was right. How do you prove that it is you?</p>
        <form method="post" action="/second-factor">${buttons}</form>
      </section>
      <p><a href="/">Start again</a></p>`,
  );
}

export function proofPage({ factor, confirmation }: Asked, note: string): Markup {
  const { method } = factor;
  const options = confirmation.challenge?.options;
  return page(
    nameOf(factor),
    html`${alert(note)}
      <section>
        ${proofForm({
          action: '/second-factor/proof',
          method,
          ...(method === 'passkey' && { passkey: { options, ceremony: 'get' } }),
        })}
      </section>
      <p>${attemptsText(confirmation.attemptsLeft)} <a href="/second-factor">Another way</a></p>`,
  );
}

export function nameOf({ title, hint }: Pick<Factors[number], 'title' | 'hint'>): string {
  return hint === null ? title : `${title} (${hint})`;
}
