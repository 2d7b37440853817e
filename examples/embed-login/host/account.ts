import type { AuthorizationRequestView, Countersign } from '@countersign/server';
import { Hono, type Context } from 'hono';
import { takeCookie } from './cookie.ts';
import { proofIn, readForm } from './form.ts';
import type { Host } from './host.ts';
import { accountPage, authorizePage, enrolPage } from './pages/account.ts';
import { attemptsText, refusalOf, sentenceOf } from './refusal.ts';
import { factorsOf, serviceOf } from './second-factor.ts';
import { sessionOf, type Session } from './session.ts';
import type { Ticket } from './tickets.ts';

type SignedIn = Context<{ Variables: { session: Ticket<Session> } }>;

/** So long after the password was typed, a first factor can be added. */
const freshSeconds = 600;

/** Everything that needs a session: whatever is routed here asks for it first. */
export function createAccount(host: Host) {
  const { cs, sessions } = host;
  const app = new Hono<{ Variables: { session: Ticket<Session> } }>();

  app.use(async (c, next) => {
    const session = await sessionOf(c, host);
    if (session === null) return c.redirect('/', 303);
    c.set('session', session);
    return next();
  });

  const show = async (c: SignedIn, note = '') => {
    const { person } = c.var.session.held;
    return c.html(accountPage(person, await factorsOf(cs, person), note));
  };

  app.get('/', (c) => show(c));

  app.post('/sign-out', (c) => {
    sessions.end(c.var.session.id);
    takeCookie(c, 'session');
    return c.redirect('/', 303);
  });

  /** Adds a factor. Asked for a proof first, the page comes back with one, and the same call is made again. */
  app.post('/factors', async (c) => {
    const { session } = c.var;
    const field = await readForm(c);
    const methodId = field('add');
    try {
      const note = field('request') === '' ? '' : await grant(cs, session, field);
      const adding = await callerForAdding(host, session);
      const added = await adding.factor.create({ methodId }).catch(async (error: unknown) => {
        const refusal = refusalOf(error);
        if (refusal?.reason !== 'authorization_required') throw error;
        const request = refusal.authorizationRequest as AuthorizationRequestView;
        const options = await passkeyOptions(cs, session, request);
        return c.html(authorizePage({ request, add: methodId, options, note }));
      });
      if (added instanceof Response) return added;
      if (added.factor.status === 'confirmed') session.held.proven = true;
      return await c.html(enrolPage({ ...added, confirmationId: added.confirmation?.id ?? '' }));
    } catch (error) {
      return show(c, explain(error));
    }
  });

  app.post('/factors/confirm', async (c) => {
    const { session } = c.var;
    const field = await readForm(c);
    const [id, confirmationId] = [field('factor'), field('confirmation')];
    try {
      const factor = await ownCaller(cs, session).factor.confirm({
        id,
        confirmationId,
        data: proofIn(field),
      });
      if (factor.status !== 'confirmed')
        return await c.html(enrolPage({ factor, confirmationId, note: 'That was not right.' }));
    } catch (error) {
      return show(c, explain(error));
    }
    session.held.proven = true;
    return c.redirect('/account', 303);
  });

  return app;
}

/** Calls in the name of who is signed in, and in this session. */
function ownCaller(cs: Countersign, { id: sessionId, held }: Ticket<Session>) {
  return cs.createCaller({ kind: 'subject', subjectId: held.person, sessionId });
}

/**
 * Who has a factor proves by it that another may be added. Nobody can prove the very first one by anything but the
 * password, and a stolen session should not do for it: so this site says that the password must just have been typed,
 * and vouches for it with a token for this one procedure, which Countersign takes for a first factor only.
 *
 * Calling as the service would be shorter, and wrong between two sessions: one adds the first factor after the other
 * was found to have none, and the other's is added without a proof.
 */
async function callerForAdding({ cs, origin, now }: Host, session: Ticket<Session>) {
  const { id: sessionId, begunAt, held } = session;
  const isFresh = now().getTime() < begunAt.getTime() + freshSeconds * 1000;
  const isFirst = (await factorsOf(cs, held.person)).length === 0;
  if (!isFirst || !isFresh) return ownCaller(cs, session);
  const { token } = await serviceOf(cs).scopedToken.issue({
    subjectId: held.person,
    sessionId,
    scope: { rpc: { m: ['factor.create'] } },
    maxAgeSeconds: 60,
  });
  const request = new Request(origin, { headers: { authorization: `Bearer ${token}` } });
  return cs.router.createCaller(cs.context(await cs.authenticate(request)));
}

/** Gives the proof that was asked for; what to say when it was not right. */
async function grant(cs: Countersign, session: Ticket<Session>, field: (name: string) => string) {
  const proof = { ...proofIn(field), method: field('method') };
  const { authorizationRequest } = ownCaller(cs, session);
  try {
    const { granted, request } = await authorizationRequest.grant({ id: field('request'), proof });
    return granted ? '' : `That was not right. ${attemptsText(request.attemptsLeft)}`;
  } catch (error) {
    return explain(error);
  }
}

/** What the browser asks for a passkey with, where one will do. */
async function passkeyOptions(
  cs: Countersign,
  session: Ticket<Session>,
  { id, methods }: AuthorizationRequestView,
): Promise<unknown> {
  if (!methods.includes('passkey')) return null;
  const challenge = await ownCaller(cs, session).authorizationRequest.challenge({ id, method: 'passkey' });
  return challenge.options;
}

function explain(error: unknown): string {
  const refusal = refusalOf(error);
  if (refusal === null) throw error;
  return refusal.reason === 'forbidden' ? 'Sign in again to add a first factor.' : sentenceOf(refusal);
}
