import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestBank, type TestBank } from './support/open-test-bank.ts';

let bank: TestBank;
let browser: Browser;
let customer: BrowserContext;
/** What a page should not have to say: errors, warnings of its policy, requests that failed or went elsewhere. */
const trouble: string[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  bank = await openTestBank();
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
  await bank[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  await bank.resetAccounts();
  customer = await browser.newContext({ baseURL: bank.url });
  customer.setDefaultTimeout(20_000);
});
afterEach(async () => {
  await customer.close();
  expect(trouble.splice(0)).toEqual([]);
});

/** A tab, with everything that came over its WebSockets. */
async function openTab(): Promise<{ page: Page; received: string[] }> {
  const page = await customer.newPage();
  const received: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => received.push(String(payload)));
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => trouble.push(message.text()));
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    const isStream =
      request.headers()['accept'] === 'text/event-stream' || /\.(watch|stream)$/.test(pathname);
    if (origin !== bank.url || isStream) trouble.push(`asked for ${request.url()}`);
  });
  await page.goto('/');
  return { page, received };
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Ada Lovelace' }).click();
  await page.getByText('€10,000.00').waitFor();
}

const send = (page: Page): Promise<void> => page.getByRole('button', { name: 'Send', exact: true }).click();
const codeField = (page: Page) => page.getByLabel('Code sent to a•••@example.org');

/** The request that waits, as a program of the bank's sees it, and answers it. */
async function answerElsewhere(code: string): Promise<boolean> {
  const { authorizationRequest } = bank.bank.cs.createCaller({ kind: 'service' });
  const { items } = await authorizationRequest.list({ state: 'waiting' });
  const { granted } = await authorizationRequest.grant({ id: items[0]!.id, proof: { method: 'otp', code } });
  return granted;
}

it('sends the money when another program has granted it, told over the WebSocket', async () => {
  const { page, received } = await openTab();
  await signIn(page);
  await send(page);
  const card = page.getByRole('listitem');
  await expect.poll(() => card.innerText()).toContain('Waiting until');
  expect(await card.innerText()).toMatch(/To\n+GB29 NWBK 6016 1331 9268 19\n+Amount\n+€2,500\.00/);

  expect(await answerElsewhere('00000000')).toBe(false);
  expect(await page.getByText('€10,000.00').isVisible()).toBe(true);
  expect(await answerElsewhere(bank.newestCode('ada'))).toBe(true);
  await page.getByText('Sent at').waitFor();
  await page.getByText('€7,500.00').waitFor();
  expect(received.filter((frame) => frame.includes('"type":"authorization_request.granted"'))).not.toEqual(
    [],
  );
});

it('keeps two tabs in step, without a reload', async () => {
  const { page: asking } = await openTab();
  await signIn(asking);
  await send(asking);
  const { page: answering } = await openTab();

  await codeField(answering).fill('00000000');
  await answering.getByRole('button', { name: 'Authorize' }).click();
  await answering.getByText('Not this code. 4 tries are left.').waitFor();
  await codeField(answering).fill(bank.newestCode('ada'));
  await answering.getByRole('button', { name: 'Authorize' }).click();
  for (const page of [asking, answering]) await page.getByText('€7,500.00').waitFor();

  // Another amount: what was declined may not be asked again for a minute.
  await asking.getByLabel('Amount in €').fill('20');
  await send(asking);
  await answering.getByRole('button', { name: 'Decline' }).click();
  for (const page of [asking, answering]) await page.getByText('Declined').waitFor();
  expect(await asking.getByText('€7,500.00').isVisible()).toBe(true);

  await answering.getByRole('button', { name: 'Sign out' }).click();
  for (const page of [asking, answering]) await page.getByText('Who are you?').waitFor();
});

it('goes on after a reload, and after the server was away', async () => {
  const { page } = await openTab();
  await signIn(page);
  await send(page);
  await codeField(page).waitFor();
  await page.reload();
  await codeField(page).waitFor();
  await page.getByText('live').waitFor();

  await bank.goAway();
  await page.getByText('reconnecting').waitFor();
  expect(await answerElsewhere(bank.newestCode('ada'))).toBe(true);
  await bank.comeBack();
  await page.getByText('Sent at').waitFor();
  await page.getByText('€7,500.00').waitFor();
  // The browser itself says that it could not connect.
  expect(
    trouble.splice(0).filter((text) => !/ERR_CONNECTION_REFUSED|WebSocket connection/.test(text)),
  ).toEqual([]);
});

it('hears of the grant by server-sent events where no WebSocket gets through', async () => {
  await customer.routeWebSocket(/\/trpc/, (socket) => socket.close());
  const { page } = await openTab();
  await signIn(page);
  await send(page);
  await codeField(page).waitFor();
  await page.getByText('live').waitFor();
  expect(await answerElsewhere(bank.newestCode('ada'))).toBe(true);
  await page.getByText('€7,500.00').waitFor();
  const streams = trouble.splice(0);
  expect(streams.length).toBeGreaterThan(0);
  expect(streams.filter((text) => !/^asked for .*\.(?:stream|watch)\?/.test(text))).toEqual([]);
});

it('needs nothing but a keyboard, and no more room than a small phone has', async () => {
  const { page } = await openTab();
  await page.setViewportSize({ width: 320, height: 568 });
  await page.getByText('Who are you?').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('€10,000.00').waitFor();
  await page.getByLabel('Amount in €').focus();
  await page.keyboard.press('Enter');
  await codeField(page).waitFor();
  // The field for the code has the focus by itself.
  await page.keyboard.type(bank.newestCode('ada'));
  await page.keyboard.press('Enter');
  await page.getByText('Sent at').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
});
