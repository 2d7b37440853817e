import { Hono, type Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { giveCookie, takeCookie } from './cookie.ts';
import { proofIn, readForm } from './form.ts';
import type { Host } from './host.ts';
import { choicePage, proofPage, signInPage } from './pages/sign-in.ts';
import { refusalOf, sentenceOf } from './refusal.ts';
import { askedOf, askFor, factorsOf, prove, type Login } from './second-factor.ts';
import { beginSession, sessionOf } from './session.ts';
import type { Ticket } from './tickets.ts';

const namePattern = /^[a-z][a-z0-9-]{1,31}$/;
/** NIST SP 800-63B-4 §3.1.1.2, for a password that may stand alone. */
const passwordLengthMin = 15;

/** Everything before a session: the password, then the second factor. */
export function createSignIn(host: Host) {
  const { cs, people, logins } = host;
  const app = new Hono();

  app.get('/', async (c) =>
    (await sessionOf(c, host)) === null ? c.html(signInPage('')) : c.redirect('/account', 303),
  );

  app.post('/sign-up', async (c) => {
    const field = await readForm(c);
    const [name, password] = [field('name'), field('password')];
    if (!namePattern.test(name) || password.length < passwordLengthMin)
      return c.html(signInPage('A name of small letters and digits, and a password of 15 characters.'));
    if (!(await people.add(name, password))) return c.html(signInPage('This name is taken.'));
    return beginSession(c, host, { person: name, proven: false });
  });

  app.post('/login', async (c) => {
    const field = await readForm(c);
    const person = field('name');
    if (!(await people.isRight(person, field('password'))))
      return c.html(signInPage('Name or password is wrong.'));
    if ((await factorsOf(cs, person)).length === 0) return beginSession(c, host, { person, proven: false });
    giveCookie(c, host, 'login', logins.begin({ person, asked: null }));
    return c.redirect('/second-factor', 303);
  });

  app.route('/second-factor', createSecondFactor(host));
  return app;
}

function createSecondFactor(host: Host) {
  const { cs, logins } = host;
  const app = new Hono<{ Variables: { login: Ticket<Login> } }>();

  app.use(async (c, next) => {
    const login = logins.of(getCookie(c, 'login'));
    if (login === null) return c.redirect('/', 303);
    c.set('login', login);
    return next();
  });

  const choose = async (c: Context, { held }: Ticket<Login>, note = '') =>
    c.html(choicePage(await factorsOf(cs, held.person), note));

  app.get('/', (c) => choose(c, c.var.login));

  app.post('/', async (c) => {
    const field = await readForm(c);
    try {
      await askFor(cs, c.var.login, field('factor'));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return choose(c, c.var.login, sentenceOf(refusal));
    }
    return c.redirect('/second-factor/proof', 303);
  });

  /** The form for what was asked for; the choice again when nothing is open any more. */
  const ask = async (c: Context, login: Ticket<Login>, note = '') => {
    const asked = await askedOf(cs, login);
    return asked === null ? choose(c, login, note) : c.html(proofPage(asked, note));
  };

  app.get('/proof', (c) => ask(c, c.var.login));

  app.post('/proof', async (c) => {
    const { login } = c.var;
    const field = await readForm(c);
    try {
      if (!(await prove(cs, login, proofIn(field)))) return await ask(c, login, 'That was not right.');
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return ask(c, login, sentenceOf(refusal));
    }
    // The login is used up as well: it makes one session, whatever else was asked for it.
    if (!logins.end(login.id)) return c.redirect('/', 303);
    takeCookie(c, 'login');
    return beginSession(c, host, { person: login.held.person, proven: true });
  });

  return app;
}
