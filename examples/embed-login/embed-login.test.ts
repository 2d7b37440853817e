import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './host/app.ts';
import { openTestHost, type TestHost } from './support/open-test-host.ts';
import {
  addFirstApp,
  createVisitor,
  hiddenIn,
  password,
  signUpWithApp,
  type Visitor,
} from './support/visitor.ts';

let host: TestHost;

beforeAll(async () => {
  host = await openTestHost();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

/** Knows the password, and goes as far as the second step. */
async function logIn(name: string): Promise<Visitor> {
  const visitor = createVisitor(host);
  expect((await visitor.post('/login', { name, password })).location).toBe('/second-factor');
  return visitor;
}

const loginOf = ({ cookies }: Visitor) => host.logins.of(cookies.get('login'))!;

describe('a password that was right', () => {
  it('opens no page of the account, under whatever name its cookie comes', async () => {
    await signUpWithApp(host, 'stopped');
    const attacker = await logIn('stopped');
    expect([...attacker.cookies.keys()]).toEqual(['login']);
    attacker.cookies.set('session', attacker.cookies.get('login')!);

    const routes = createApp(host).routes.filter(({ path }) => path.startsWith('/account'));
    expect(routes.length).toBeGreaterThan(4);
    for (const { method, path } of routes) {
      const verb = method === 'ALL' ? 'GET' : method;
      const answer = await attacker.ask(verb, path, verb === 'GET' ? undefined : { add: 'totp' });
      expect({ path, ...answer }).toMatchObject({ status: 303, location: '/', text: '' });
    }
  });

  it('is forgotten before the second step', async () => {
    await signUpWithApp(host, 'forgotten');
    expect(loginOf(await logIn('forgotten')).held).toEqual({ person: 'forgotten', asked: null });
  });

  it('is worth nothing after ten minutes', async () => {
    const { code, factorId } = await signUpWithApp(host, 'slow');
    const visitor = await logIn('slow');
    await visitor.post('/second-factor', { factor: factorId });
    host.putForward(600);
    expect((await visitor.post('/second-factor/proof', { code: code() })).location).toBe('/');
    expect(await visitor.isSignedIn()).toBe(false);
  });
});

describe('the second step', () => {
  it('is not passed without an answer, and not before anything was asked', async () => {
    const { code, factorId } = await signUpWithApp(host, 'hasty');
    const visitor = await logIn('hasty');
    await visitor.post('/second-factor/proof', { code: code() });
    await visitor.post('/second-factor', { factor: factorId });
    for (const answer of ['', 'code=', 'response={}', 'response=null', 'response=[']) {
      const fields = Object.fromEntries(new URLSearchParams(answer));
      const { status, location } = await visitor.post('/second-factor/proof', fields);
      expect({ answer, status, location }).toEqual({ answer, status: 200, location: null });
    }
    expect(await visitor.isSignedIn()).toBe(false);
    // None of this was an answer, so none of it cost a try.
    expect((await visitor.ask('GET', '/second-factor/proof')).text).toContain('5 tries are left.');
  });

  it('makes one session of twenty answers at once, and none of the same code again', async () => {
    const { code, factorId } = await signUpWithApp(host, 'parallel');
    const visitor = await logIn('parallel');
    await visitor.post('/second-factor', { factor: factorId });
    const right = { code: code() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => visitor.post('/second-factor/proof', right)),
    );
    expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1);

    const again = await logIn('parallel');
    await again.post('/second-factor', { factor: factorId });
    expect((await again.post('/second-factor/proof', right)).text).toContain('That was not right.');
    expect(await again.isSignedIn()).toBe(false);
  });

  it('counts wrong codes on through new logins, and says from when on it goes on', async () => {
    const { code, factorId } = await signUpWithApp(host, 'guessed');
    const guess = async () => {
      const visitor = await logIn('guessed');
      await visitor.post('/second-factor', { factor: factorId });
      for (const left of ['4 tries are left.', '3 tries are left.'])
        expect((await visitor.post('/second-factor/proof', { code: '000000' })).text).toContain(left);
      return visitor;
    };
    await guess();
    await guess();
    const visitor = await logIn('guessed');
    await visitor.post('/second-factor', { factor: factorId });
    const right = code();
    await visitor.post('/second-factor/proof', { code: '000000' });
    expect((await visitor.post('/second-factor/proof', { code: right })).text).toMatch(
      /Too many wrong proofs[^<]* From \d\d:\d\d:\d\d UTC on\./,
    );
    expect(await visitor.isSignedIn()).toBe(false);
  });
});

describe('a confirmation', () => {
  it('of another person’s factor cannot be asked for', async () => {
    await signUpWithApp(host, 'ada-1');
    const { factorId, code } = await signUpWithApp(host, 'grace-1');
    const attacker = await logIn('ada-1');
    const { text } = await attacker.post('/second-factor', { factor: factorId });
    expect(text).toContain('There is nothing here by that id.');
    await attacker.post('/second-factor/proof', { code: code() });
    expect(await attacker.isSignedIn()).toBe(false);
  });

  it('of another person’s login never serves, nor one of another login of one’s own', async () => {
    const ada = await signUpWithApp(host, 'ada-2');
    const grace = await signUpWithApp(host, 'grace-2');
    const attacked = await logIn('ada-2');
    for (const { name, factorId, code } of [
      { name: 'grace-2', ...grace },
      { name: 'ada-2', ...ada },
    ]) {
      const own = await logIn(name);
      await own.post('/second-factor', { factor: factorId });
      // As if the two were mixed up: the confirmation is there, and its proof is right.
      loginOf(attacked).held.asked = loginOf(own).held.asked;
      const answer = await attacked.post('/second-factor/proof', { code: code() });
      expect(answer).toMatchObject({ status: 200, location: null });
      expect(await attacked.isSignedIn()).toBe(false);
    }
  });
});

describe('the first factor', () => {
  it('can be added right after the password, not by an old session', async () => {
    const visitor = createVisitor(host);
    await visitor.post('/sign-up', { name: 'old-session', password });
    host.putForward(600);
    const late = await visitor.post('/account/factors', { add: 'totp' });
    expect(late.text).toContain('Sign in again to add a first factor.');
    await visitor.post('/login', { name: 'old-session', password });
    await addFirstApp(host, visitor);
    expect((await visitor.ask('GET', '/account')).text).toContain('<li>Authenticator app</li>');
  });

  it('ends every session that the password alone had opened, and what these had begun', async () => {
    const thief = createVisitor(host);
    await thief.post('/sign-up', { name: 'robbed', password });
    const begun = hiddenIn((await thief.post('/account/factors', { add: 'totp' })).text);
    const owner = createVisitor(host);
    await owner.post('/login', { name: 'robbed', password });
    await addFirstApp(host, owner);
    expect(await owner.isSignedIn()).toBe(true);
    expect(await thief.isSignedIn()).toBe(false);
    const factors = await host.cs.createCaller({ kind: 'service' }).factor.list({ subjectId: 'robbed' });
    expect(factors.map(({ id }) => id)).not.toContain(begun['factor']);
  });

  it('is the only one that needs no proof by another', async () => {
    const { visitor } = await signUpWithApp(host, 'second');
    const { text } = await visitor.post('/account/factors', { add: 'recovery-code' });
    expect(text).toContain('Prove that it is you');
    const asked = hiddenIn(text);
    for (const [proof, note] of [
      [{ ...asked, code: '000000' }, 'That was not right. 4 tries are left.'],
      [{ ...asked, code: 'none' }, 'The code must be 6 digits.'],
      [{ ...asked, code: '000000', request: 'areq_none' }, 'There is nothing here by that id.'],
    ] as const) {
      const again = await visitor.post('/account/factors', proof);
      expect(again.text).toContain(note);
      expect(again.text).not.toContain('Each of them');
    }
    expect((await visitor.ask('GET', '/account')).text).not.toContain('Recovery code');
  });
});

it('does nothing for a page of somebody else’s', async () => {
  const visitor = createVisitor(host);
  await visitor.post('/sign-up', { name: 'framed', password });
  for (const origin of ['https://evil.example', 'null', '']) {
    const answer = await visitor.ask('POST', '/account/factors', { add: 'totp' }, { origin });
    expect(answer.status).toBe(403);
  }
});

it('begins a new session with each sign-in, and ends the one before', async () => {
  const visitor = createVisitor(host);
  await visitor.post('/sign-up', { name: 'rotated', password });
  const before = visitor.cookies.get('session');
  await visitor.post('/login', { name: 'rotated', password });
  expect(visitor.cookies.get('session')).not.toBe(before);
  expect(host.sessions.of(before)).toBe(null);
});

it('answers an unknown name as a wrong password', async () => {
  await createVisitor(host).post('/sign-up', { name: 'known', password });
  const [known, unknown] = await Promise.all(
    ['known', 'unknown'].map((name) => createVisitor(host).post('/login', { name, password: 'wrong' })),
  );
  expect(unknown).toEqual(known);
  expect(known!.text).toContain('Name or password is wrong.');
});
