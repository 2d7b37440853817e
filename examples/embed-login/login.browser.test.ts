import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestHost, type TestHost } from './support/open-test-host.ts';
import { appOf, password } from './support/visitor.ts';

let host: TestHost;
let browser: Browser;
let visitor: BrowserContext;
let page: Page;
/** What a page should not have to say: errors, warnings of its policy, requests that went elsewhere. */
const trouble: string[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  host = await openTestHost();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '',
    env: { ...process.env, TMPDIR: folder }, // where its new, empty profile is made
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await host[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  visitor = await browser.newContext({ baseURL: host.origin });
  visitor.setDefaultTimeout(10_000);
  page = await visitor.newPage();
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => trouble.push(message.text()));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== host.origin) trouble.push(`asked for ${request.url()}`);
  });
});
afterEach(async () => {
  await visitor.close();
  expect(trouble.splice(0)).toEqual([]);
});

const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const shown = (text: string): Promise<void> => page.getByText(text).first().waitFor();

async function signUp(name: string): Promise<void> {
  await page.goto('/');
  const form = page.locator('form[action="/sign-up"]');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Password').fill(password);
  await press('Create account');
  await shown(`Hello, ${name}`);
}

async function signIn(name: string): Promise<void> {
  await page.goto('/');
  const form = page.locator('form[action="/login"]');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('Password').fill(password);
  await press('Sign in');
}

async function answer(label: string, code: string): Promise<void> {
  await page.getByLabel(label).fill(code);
  await press('Confirm');
}

const appLabel = 'Code from your authenticator app';

/** Answers what the app shows from then on. */
async function addApp(): Promise<() => string> {
  await press('Add an authenticator app');
  const code = appOf(host, await page.locator('code').innerText());
  await answer(appLabel, code());
  await shown('Second factors');
  return code;
}

/** A key that the person has at hand, and opens with a finger. Answers how to put it away. */
async function plugIn(): Promise<() => Promise<unknown>> {
  const cdp = await visitor.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return () => cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
}

it('signs in by the password alone whoever has no factor, on a small phone too', async () => {
  await page.setViewportSize({ width: 320, height: 568 });
  await signUp('plain');
  await press('Sign out');
  await signIn('plain');
  await shown('None yet: the password alone signs you in.');
  await press('Add an authenticator app');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
});

it('asks for a code of the app, says how many tries are left, and takes each code once, and opens nothing before', async () => {
  await signUp('with-app');
  const code = await addApp();
  await press('Sign out');

  await signIn('with-app');
  await press('Authenticator app');
  await shown('5 tries are left.');
  await answer(appLabel, '000000');
  await shown('That was not right.');
  await shown('4 tries are left.');
  const right = code();
  await answer(appLabel, right);
  await shown('Hello, with-app');
  await press('Sign out');

  await signIn('with-app');
  await press('Authenticator app');
  await answer(appLabel, right);
  await shown('That was not right.');

  // Whoever stops here has this cookie, and nothing but the way in.
  const cookies = await visitor.cookies();
  expect(cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])).toEqual([
    ['login', true, 'Lax'],
  ]);
  for (const path of ['/account', '/account/factors/confirm']) {
    const response = await page.goto(path);
    expect(response?.url()).toBe(`${host.origin}/`);
  }
});

it('adds a passkey with a proof by the app, and signs in by it', async () => {
  await plugIn();
  await signUp('with-passkey');
  const code = await addApp();
  await press('Add a passkey');
  expect(await page.locator('dl').innerText()).toMatch(/Method\s+Passkey/);
  await answer(appLabel, '000000');
  await shown('That was not right. 4 tries are left.');
  await answer(appLabel, code());
  await press('Make a passkey');
  await page.getByRole('listitem').filter({ hasText: 'Passkey' }).waitFor();
  await press('Sign out');

  await signIn('with-passkey');
  await page.getByRole('button', { name: 'Passkey' }).click();
  await press('Use a passkey');
  await shown('Hello, with-passkey');

  // From now on it is by the passkey that a further one is added.
  await press('Make recovery codes');
  await press('Use a passkey');
  await shown('Each of them signs you in once.');
});

it('takes a passkey as the first factor, and sends nothing when it is not at hand', async () => {
  const putAway = await plugIn();
  await signUp('passkey-first');
  await press('Add a passkey');
  await press('Make a passkey');
  await shown('Second factors');
  await press('Make recovery codes');
  await press('Use a passkey');
  await shown('Each of them signs you in once.');
  await page.getByRole('link', { name: 'Back to the account' }).click();
  await press('Sign out');

  await signIn('passkey-first');
  await page.getByRole('button', { name: 'Passkey' }).click();
  await putAway();
  await plugIn();
  await press('Use a passkey');
  await shown('There was no passkey. Nothing was sent.');
  await page.reload();
  await shown('5 tries are left.');
});

it('takes each recovery code once', async () => {
  await signUp('with-codes');
  const code = await addApp();
  await press('Make recovery codes');
  await answer(appLabel, code());
  const codes = await page.getByRole('listitem').allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.getByRole('link', { name: 'Back to the account' }).click();
  await press('Sign out');

  await signIn('with-codes');
  await press('Recovery code');
  await answer('Recovery code', codes[0]!);
  await shown('Hello, with-codes');
  await press('Sign out');

  await signIn('with-codes');
  await press('Recovery code');
  await answer('Recovery code', codes[0]!);
  await shown('That was not right.');
  await answer('Recovery code', codes[1]!.toLowerCase().replaceAll('-', ' '));
  await shown('Hello, with-codes');
});
