import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../core/testing/database-setup.ts';
import { createDevice, type Device } from '../src/device/index.ts';
import { createCountersignClient, type TokenSource } from '../src/index.ts';
import { openDialogBank, type Customer, type DialogBank, type Payment } from './dialog-bank.ts';

let teardown: (() => Promise<void>) | undefined;
let bank: DialogBank;
let browser: Browser;
let context: BrowserContext;
let ada: Customer;
let folder: string;
let axe: string;
/** What a page should not have to say: errors, and what its policy has refused. */
const trouble: string[] = [];

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  teardown = await setup();
  [bank, browser] = await Promise.all([
    openDialogBank(),
    chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '',
      env: { ...process.env, TMPDIR: folder }, // where its new, empty profile is made
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    }),
  ]);
  context = await browser.newContext({ reducedMotion: 'reduce' });
  context.setDefaultTimeout(8_000);
});
afterAll(async () => {
  await browser.close();
  await bank[Symbol.asyncDispose]();
  await teardown?.();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(context.pages().map((page) => page.close()));
  expect(trouble.splice(0)).toEqual([]);
});

/** The page of a customer. */
async function openPage(given: Readonly<Record<string, string>> = {}): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => trouble.push(message.text()));
  await page.goto(`${ada.address}&${new URLSearchParams(given).toString()}`);
  return page;
}

/** A new customer pays; the dialog is there. */
async function pay(slug: Payment, given?: Readonly<Record<string, string>>): Promise<Page> {
  ada = await bank.enrol(slug);
  const page = await openPage(given);
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByRole('dialog').waitFor();
  return page;
}

const patiently = { timeout: 8_000 };
const dialogOf = (page: Page): Locator => page.getByRole('dialog');
const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click();
const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).waitFor();
const field = (page: Page): Locator => dialogOf(page).getByRole('textbox');
const outcome = (page: Page) => expect.poll(() => page.locator('output').innerText(), patiently);
const focused = (page: Page): Promise<unknown> => page.evaluate('document.activeElement.innerText');
const service = () => bank.server.cs.createCaller({ kind: 'service' });

async function answer(page: Page, code: string): Promise<void> {
  await field(page).fill(code);
  await page.keyboard.press('Enter');
}

async function newestRequest() {
  const { items } = await service().authorizationRequest.list({ subjectId: ada.subjectId });
  return items[0]!;
}

function newestCode(): string {
  return bank.server.inbox.messages(ada.email)[0]!.code;
}

/** With `SCREENSHOTS_TO`, a folder, each state is kept as a picture. */
const pictures = process.env['SCREENSHOTS_TO'];
const sizes = [
  [1280, 800],
  [390, 844],
] as const;

/** No rule of axe is broken, in either scheme. */
async function isAccessible(page: Page, state: string): Promise<void> {
  await dialogOf(page).waitFor();
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // What depends on the scheme is contrast alone.
    const rules = colorScheme === 'light' ? '' : ", runOnly: ['color-contrast']";
    const violations = await page.evaluate(
      `axe.run('dialog', { resultTypes: ['violations']${rules} }).then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html, failureSummary }) => html + failureSummary)]))`,
    );
    expect(violations, `${state}, ${colorScheme}`).toEqual([]);
    if (pictures === undefined) continue;
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${pictures}/${state}-${colorScheme}-${width}.png` });
    }
  }
}

describe('what is to be authorized', () => {
  it('is named and described by the server alone, with every way to prove it', async () => {
    const page = await pay('transfer');
    const dialog = page.getByRole('dialog', { name: 'Transfer money' });
    expect(await dialog.getByRole('term').allInnerTexts()).toEqual(['To', 'Amount', 'Reference']);
    expect(await dialog.getByRole('definition').allInnerTexts()).toEqual([
      'Ada Lovelace, GB29 NWBK 6016 1331 9268 19',
      '€ 2500.01',
      'فاتورة 12',
    ]);
    const description = await dialog.evaluate(
      (element) => document.getElementById(element.getAttribute('aria-describedby')!)!.innerText,
    );
    expect(description).toMatch(/cannot be taken back.*To.*Amount.*€ 2500\.01/su);
    expect(await dialog.getByRole('listitem').count()).toBe(6);
    expect(await focused(page)).toContain('Code by message');
    await isAccessible(page, 'choice');
  });

  it('begins by the way that the operation offers first, with the others one click away', async () => {
    const page = await pay('by-phone-first');
    await expect
      .poll(() => page.locator('.countersign-digits [aria-hidden]').innerText(), patiently)
      .toMatch(/^\d \d \d$|^\d{3}$/);
    await press(page, /other way/i);
    expect(await dialogOf(page).getByRole('listitem').count()).toBe(3);
  });

  it('is called off by Esc; then the focus is where it was', async () => {
    const page = await pay('by-app');
    await page.keyboard.press('Escape');
    await outcome(page).toContain('AuthorizationCancelled');
    expect(await dialogOf(page).count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Pay');
    await expect.poll(async () => (await newestRequest()).state).toBe('cancelled');
  });

  it('is stopped by whoever did not start it', async () => {
    const page = await pay('by-app');
    await press(page, 'I did not start this');
    await says(page, /somebody else may be signed in as you/);
    await outcome(page).toContain('AuthorizationDenied');
    expect(await newestRequest()).toMatchObject({ state: 'denied', reason: 'declined' });
    expect(await focused(page)).toBe('Close');
    await isAccessible(page, 'not-me');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialogOf(page).count(), patiently).toBe(0);
  });

  it('is still asked for when what waited for it has left and come back', async () => {
    const page = await pay('by-app');
    const { id } = await newestRequest();
    await page.evaluate(`comeBack(${JSON.stringify(id)})`);
    await outcome(page).toBe('AuthorizationCancelled');
    await answer(page, ada.appCode());
    await outcome(page).toBe('AuthorizationCancelled granted');
    await expect.poll(() => dialogOf(page).count(), patiently).toBe(0);
  });

  it('is shown one after the other', async () => {
    const page = await pay('by-app');
    await page.evaluate('document.querySelector("main button").click()');
    await expect
      .poll(
        async () => (await service().authorizationRequest.list({ subjectId: ada.subjectId })).items.length,
      )
      .toBe(2);
    expect(await dialogOf(page).count()).toBe(1);
    await says(page, '€ 2500.01');
    await press(page, 'Cancel');
    await says(page, '€ 2500.02');
    await press(page, 'Cancel');
    await outcome(page).toBe('AuthorizationCancelled AuthorizationCancelled');
  });
});

describe('a code', () => {
  it('from a message is taken with spaces and dashes; a wrong one says how many are left', async () => {
    const page = await pay('by-code');
    await says(page, /We have sent it to c•+@example\.org/);
    expect(await field(page).getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field(page).getAttribute('inputmode')).toBe('numeric');
    await isAccessible(page, 'otp');
    await answer(page, '0000 0000');
    await says(page, '4 attempts left');
    expect(await page.evaluate('getSelection().toString()')).toBe('0000 0000');
    await answer(page, 'wrong');
    await says(page, 'No attempt was used');
    await answer(page, ` ${newestCode().replace(/(?=.{4}$)/, '\u2013 ')} `);
    await says(page, 'Authorized');
    await outcome(page).toBe('granted');
    await expect.poll(() => dialogOf(page).count(), patiently).toBe(0);
    expect(await newestRequest()).toMatchObject({ attemptsLeft: 3 });
    expect(trouble.splice(0).filter((text) => !text.includes('400'))).toEqual([]);
  });

  it('is sent once more after its cool-down, which is counted down', async () => {
    const first = await pay('by-code');
    await says(first, /Send a new code in (1:00|0:5\d)/);
    const { id } = await newestRequest();
    bank.server.clock.advance(61);
    const page = await openPage();
    await page.evaluate(`resume('${id}')`);
    await press(page, 'Send a new code');
    await says(page, 'A new code is on its way.');
    expect(bank.server.inbox.messages(ada.email)).toHaveLength(2);
    await answer(page, newestCode());
    for (const each of [first, page]) await outcome(each).toBe('granted');
  });

  it('that could not be handed over is asked for again, or another way is taken', async () => {
    const page = await pay('transfer');
    bank.carrier.isAway = true;
    await press(page, /Code by message/);
    await says(page, 'The message could not be delivered.');
    bank.carrier.isAway = false;
    await isAccessible(page, 'not-delivered');
    await press(page, 'Send a code');
    await expect.poll(() => bank.server.inbox.messages(ada.email)).toHaveLength(1);
    await press(page, 'Other ways to confirm');
    await press(page, /Code by message/);
    expect(bank.server.inbox.messages(ada.email)).toHaveLength(1);
    await answer(page, newestCode());
    await outcome(page).toBe('granted');
    expect(trouble.splice(0).filter((text) => !text.includes('502'))).toEqual([]);
  });

  it('of an app is wrong five times at most; then it says so, and until when there is none', async () => {
    const page = await pay('by-app');
    await isAccessible(page, 'totp');
    for (const left of ['4 attempts', '3 attempts', '2 attempts', '1 attempt']) {
      await answer(page, '000000');
      await says(page, `${left} left`);
    }
    await isAccessible(page, 'wrong');
    await answer(page, '000000');
    await says(page, 'too many wrong answers');
    await outcome(page).toBe('AuthorizationDenied');
    await isAccessible(page, 'denied');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Pay');

    await press(page, 'Pay');
    await answer(page, '000000');
    await says(page, /Too many wrong answers\. It is possible again after \d/);
    await isAccessible(page, 'locked');
    expect(trouble.splice(0).filter((text) => !text.includes('429'))).toEqual([]);
  });

  it('on paper is taken however it is written', async () => {
    const page = await pay('by-paper');
    await isAccessible(page, 'recovery-code');
    await answer(page, ada.recoveryCodes[0]!.toLowerCase().replaceAll('-', ' '));
    await outcome(page).toBe('granted');
  });

  it('is enough for a method of the host’s own, or what the host has made for it', async () => {
    const page = await pay('transfer');
    await press(page, 'pin');
    await answer(page, '1111');
    await says(page, '4 attempts left');
    await press(page, 'Other ways to confirm');
    await press(page, 'fax');
    await press(page, /Sign the fax/);
    await outcome(page).toBe('granted');
  });
});

describe('a passkey', () => {
  it('is asked for by a button; a window that was closed is no attempt', async () => {
    ada = await bank.enrol('by-passkey');
    const enrolling = await openPage();
    const devTools = await context.newCDPSession(enrolling);
    await devTools.send('WebAuthn.enable');
    const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const {
      factor,
      confirmation,
      setup: given,
    } = await service().factor.create({
      subjectId: ada.subjectId,
      methodId: 'passkey',
    });
    const { options } = given as { options: object };
    const response = await enrolling.evaluate(`enrol(${JSON.stringify(options)})`);
    await service().factor.confirm({ id: factor.id, confirmationId: confirmation!.id, data: { response } });

    await press(enrolling, 'Pay');
    await isAccessible(enrolling, 'passkey');
    await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await press(enrolling, 'Use passkey');
    await says(enrolling, 'no attempt was used');
    await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await press(enrolling, 'Use passkey');
    await outcome(enrolling).toBe('granted');
    expect(await newestRequest()).toMatchObject({ attemptsLeft: 4, binding: 'cryptographic' });
  });
});

describe('a phone', () => {
  let phone: Device;
  async function payByPhone(): Promise<Page> {
    const page = await pay('by-phone');
    const url = `${bank.server.url}/trpc`;
    const connect = (token?: TokenSource) => createCountersignClient({ url, token });
    const now = () => bank.server.clock.now().getTime();
    phone = createDevice({ connect, subjectId: ada.subjectId, ...ada.phone, now });
    return page;
  }
  afterEach(() => phone.close());

  async function digitsOf(page: Page): Promise<string> {
    const text = page.locator('.countersign-digits [aria-hidden]');
    await text.waitFor();
    return (await text.innerText()).replaceAll(' ', '');
  }

  it('approves with the digits that are shown; wrong ones there end them, and new ones are asked for', async () => {
    const page = await payByPhone();
    const digits = await digitsOf(page);
    expect(digits).toMatch(/^\d{3}$/);
    await isAccessible(page, 'device');
    const wrong = String((Number(digits) + 1) % 1000).padStart(3, '0');
    expect(await phone.approve((await phone.waiting())[0]!, wrong)).toMatchObject({ granted: false });
    await says(page, '4 attempts left');
    await isAccessible(page, 'device-wrong');
    await press(page, 'Ask my phone');
    const newDigits = await digitsOf(page);
    await phone.approve((await phone.waiting())[0]!, newDigits);
    await says(page, 'Authorized');
    expect(await page.getByText('not right').count()).toBe(0);
    await isAccessible(page, 'granted');
    await outcome(page).toBe('granted');
    await expect.poll(() => dialogOf(page).count(), patiently).toBe(0);
  });

  it('says that it was somebody else, and the dialog says what to do', async () => {
    const page = await payByPhone();
    await digitsOf(page);
    await phone.deny((await phone.waiting())[0]!, 'not_me');
    await says(page, /somebody else may be signed in as you/);
    await outcome(page).toBe('AuthorizationDenied');
  });
});

describe('an answer that takes its time', () => {
  /** Holds what is asked of this procedure until it is let go. */
  async function hold(page: Page, procedure: string): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route(new RegExp(procedure), async (route) => {
      await promise;
      await route.continue();
    });
    return resolve;
  }

  it('is waited for by a dialog that is being closed, and may be a grant', async () => {
    const page = await pay('by-app');
    const letGo = await hold(page, 'authorizationRequest\\.grant');
    await answer(page, ada.appCode());
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await says(page, 'your answer is just being checked');
    expect(await dialogOf(page).count()).toBe(1);
    letGo();
    await says(page, 'Authorized');
    await outcome(page).toBe('granted');
  });

  it('and is none closes it', async () => {
    const page = await pay('by-app');
    const letGo = await hold(page, 'authorizationRequest\\.grant');
    await answer(page, '000000');
    await press(page, 'Cancel');
    letGo();
    await outcome(page).toBe('AuthorizationCancelled');
    await expect.poll(newestRequest).toMatchObject({ state: 'cancelled', attemptsLeft: 4 });
  });

  it('comes when the network is back; until then it says that there is none', async () => {
    const page = await pay('by-app');
    await context.setOffline(true);
    await answer(page, ada.appCode());
    await says(page, 'No connection.');
    await isAccessible(page, 'offline');
    await context.setOffline(false);
    await outcome(page).toBe('granted');
    expect(await newestRequest()).toMatchObject({ attemptsLeft: 4 });
    expect(trouble.splice(0).filter((text) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(text))).toEqual([]);
  });

  it('and was given elsewhere while this page had no network is told when it has one', async () => {
    const page = await pay('by-app');
    await context.setOffline(true);
    await says(page, 'No connection.');
    const { id } = await newestRequest();
    const proof = { method: 'totp', code: ada.appCode() };
    await service().authorizationRequest.grant({ id, proof });
    await context.setOffline(false);
    await says(page, 'Authorized');
    await outcome(page).toBe('granted');
    expect(trouble.splice(0).filter((text) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(text))).toEqual([]);
  });
});

describe('the time to answer', () => {
  it('is shown, and longer for whoever needs more', async () => {
    const page = await pay('hurried');
    await says(page, /^Time left 0:[45]\d$/);
    await page.getByRole('status').getByText('1 minute left').waitFor({ state: 'attached' });
    const { expiresAt } = await newestRequest();
    bank.server.clock.advance(20);
    await isAccessible(page, 'ending');
    await press(page, 'I need more time');
    await says(page, 'You have more time now.');
    expect((await newestRequest()).expiresAt.getTime() - expiresAt.getTime()).toBe(20_000);
    await answer(page, ada.appCode());
    await outcome(page).toBe('granted');
  });

  it('ends by the server’s clock, and says so', async () => {
    const first = await pay('hurried');
    const { id } = await newestRequest();
    bank.server.clock.advance(49.5);
    const page = await openPage();
    await page.evaluate(`resume('${id}')`);
    await says(page, 'Time left 0:01');
    bank.server.clock.advance(1);
    await says(page, 'Time is up');
    bank.server.clock.advance(10); // Nobody writes the expiry down here; a watch waits for that, so long.
    await outcome(page).toBe('AuthorizationExpired');
    await isAccessible(page, 'expired');
    await first.close();
  });
});

describe('everybody', () => {
  /** Whatever is wider than the dialog, or than what it stands in. */
  const whatSticksOut = (page: Page): Promise<string[]> =>
    dialogOf(page).evaluate((dialog) =>
      [dialog, ...dialog.querySelectorAll('*')]
        .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth)
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );

  it('needs no more than a keyboard, and the room of a small phone, at twice the size of text', async () => {
    ada = await bank.enrol('transfer');
    const page = await openPage();
    await page.setViewportSize({ width: 320, height: 568 });
    await page.evaluate("document.documentElement.style.fontSize = '32px'");
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialogOf(page).waitFor();
    expect(await whatSticksOut(page)).toEqual([]);
    for (let tabs = 0; tabs < 2; tabs += 1) await page.keyboard.press('Tab');
    expect(await focused(page)).toContain('Authenticator app');
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/small.png` });
    await page.keyboard.press('Enter');
    await field(page).waitFor();
    expect(await whatSticksOut(page)).toEqual([]);
    await page.keyboard.type(ada.appCode());
    await page.keyboard.press('Enter');
    await outcome(page).toBe('granted');
  });

  it('finds every button large enough, in forced colours and from right to left', async () => {
    const page = await pay('transfer');
    await page.emulateMedia({ forcedColors: 'active' });
    await page.evaluate("document.documentElement.dir = 'rtl'");
    await press(page, /Authenticator/);
    for (const button of await dialogOf(page).getByRole('button').all())
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(24);
    await isAccessible(page, 'forced-colours-rtl');
    await page.emulateMedia({ forcedColors: 'none' });
    await isAccessible(page, 'rtl');
  });

  it('gets one stylesheet, under a policy that allows nothing inline, and no motion where none is wanted', async () => {
    const page = await pay('by-app');
    await press(page, 'Cancel');
    await press(page, 'Pay');
    await dialogOf(page).waitFor();
    expect(await page.locator('style').count()).toBe(1);
    const style = () =>
      dialogOf(page).evaluate((element) => {
        const { borderRadius, animationName } = getComputedStyle(element);
        return { borderRadius, animationName };
      });
    expect(await style()).toEqual({ borderRadius: '20px', animationName: 'none' });
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await style()).toMatchObject({ animationName: 'countersign-enter' });
  });

  it('reads the words of the host, in its scheme, and without our style where it has its own', async () => {
    const page = await pay('by-app', { host: 'own' });
    await page.getByRole('button', { name: 'Send the money' }).waitFor();
    expect(await page.locator('style').count()).toBe(0);
    expect(await dialogOf(page).evaluate((element) => getComputedStyle(element).colorScheme)).toBe('dark');
    await page.evaluate('leave()');
    await outcome(page).toBe('AuthorizationCancelled');
  });
});
