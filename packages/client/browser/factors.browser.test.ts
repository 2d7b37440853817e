import { createVirtualAuthenticator } from '@countersign/core/testing';
import { defineMethod } from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import axe from 'axe-core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setup } from '../../core/testing/database-setup.ts';
import { createInbox } from '../../server/src/dev/inbox.ts';
import { devMethods } from '../../server/src/dev/methods.ts';
import { pageScope } from './page-scope.ts';
import { openReactPage, type ReactPage } from './react-page.ts';

/** A method of the host's own: a badge that is held to a reader. */
const badge = defineMethod({
  key: 'badge',
  title: 'Badge',
  binding: 'none',
  provesBy: 'factor',
  needsChallenge: false,
  factor: z.strictObject({
    floor: z.enum(['ground', 'first']).describe('Where your desk is.'),
    deskNumber: z.number().int(),
    isVisitor: z.boolean().describe('I am only visiting.'),
    note: z.string().max(20).optional(),
  }),
  proof: z.strictObject({ read: z.string() }),
  issue: () => ({}),
  verify: () => ({ valid: false }),
  enrolment: {
    answer: z.strictObject({ read: z.string() }),
    begin: ({ given }) => ({
      config: given,
      setup: { number: JSON.stringify(given) },
      hint: 'badge',
      confirmedBy: 'proof',
    }),
    complete: ({ answer, config }) => ({ valid: answer.read === JSON.stringify(config) }),
  },
});

let teardown: (() => Promise<void>) | undefined;
let folder: string;
let site: ReactPage;
let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const inbox = createInbox();
/** What a page should not have to say. */
const trouble: string[] = [];
let people = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  [teardown, site] = await Promise.all([setup(), openReactPage('./factors-program.tsx')]);
  const methods = [...devMethods({ send: inbox.send, origins: [site.origin] }), badge];
  server = await startTestServer({ methods, origins: [site.origin] });
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '',
    env: { ...process.env, TMPDIR: folder },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await teardown?.();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await context.close();
  expect(trouble.splice(0)).toEqual([]);
});

const bank = () => server.cs.createCaller({ kind: 'service' });
/** Beside many others a page takes its time. */
const poll = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });

interface Person {
  readonly subjectId: string;
  /** Of the factor that they have from the bank. */
  readonly address: string;
}

/** Somebody who has an address from the bank, to confirm with. */
async function enrolPerson(): Promise<Person> {
  const person = newPerson();
  const config = { channel: 'email', address: person.address };
  await bank().factor.create({ subjectId: person.subjectId, methodId: 'otp', config, confirmed: true });
  return person;
}

function newPerson(): Person {
  people += 1;
  const subjectId = `person-${people}`;
  return { subjectId, address: `${subjectId}@example.org` };
}

async function openPage({ subjectId }: Person, scope: object = pageScope): Promise<void> {
  const { token } = await bank().scopedToken.issue({
    subjectId,
    sessionId: `session of ${subjectId}`,
    scope,
  });
  page = await context.newPage();
  page.on('pageerror', ({ message }) => trouble.push(message));
  page.on('console', (message) => {
    // The browser itself says what was refused, and what could not be sent.
    const isExpected = message.type() === 'info' || message.text().startsWith('Failed to load resource');
    if (!isExpected) trouble.push(message.text());
  });
  await page.goto(
    `${site.origin}/?${new URLSearchParams({ url: `${server.url}/trpc`, token: token ?? '' })}`,
  );
  await page.getByRole('button', { name: /^Authenticator app/ }).waitFor();
}

const list = (): Locator => page.getByRole('region', { name: 'How you confirm' });
const rows = (): Locator => list().getByRole('listitem');
const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
const choose = (method: string): Promise<void> =>
  page.getByRole('button', { name: new RegExp(`^${method}`) }).click();
const codeField = (): Locator => page.getByRole('textbox', { name: 'Code', exact: true });
const newestCode = (address: string): string => inbox.messages(address)[0]!.code;
/** What a screen reader speaks of, and a keyboard goes on from. */
const focused = async () => await page.locator(':focus').innerText();
const factorsOf = async ({ subjectId }: Person) => await bank().factor.list({ subjectId });

/** Reads the newest message that the dialog has had sent, and authorizes. */
async function authorize({ address }: Person): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').waitFor();
  await poll(() => inbox.messages(address).length).toBeGreaterThan(0);
  await dialog.getByRole('textbox').fill(newestCode(address));
  await dialog.getByRole('button', { name: 'Authorize', exact: true }).click();
}

it('adds an authenticator app by its picture or its key, and lists it by itself', async () => {
  const person = newPerson();
  await openPage(person);
  await list().getByText('There is nothing yet').waitFor();
  await choose('Authenticator app');
  await page.getByLabel('Name').fill('My phone');
  await button('Continue').click();

  const secret = (await page.locator('.countersign-secret code').innerText()).replaceAll(' ', '');
  const uri = await page.getByRole('link', { name: 'Open the app' }).getAttribute('href');
  expect(uri).toContain(`secret=${secret}`);
  const path = await page.getByRole('img', { name: 'QR code' }).locator('path').getAttribute('d');
  expect(modulesOf(path ?? '')).toEqual(darkModulesOf(uri ?? ''));

  await codeField().fill('000000');
  await button('Confirm').click();
  await page.getByText('Not this one.').waitFor();
  expect(await codeField().getAttribute('aria-invalid')).toBe('true');
  const app = createVirtualAuthenticator({ secret });
  const code = app.code(server.clock.now());
  await codeField().fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await button('Confirm').click();
  await page.getByRole('heading', { name: '“My phone” is ready' }).waitFor();
  await rows().getByText('My phone').waitFor();
  expect(await page.content()).not.toContain(secret);
});

/** Where the drawing of a code is dark, module by module. */
function modulesOf(path: string): string[] {
  return [...path.matchAll(/M(\d+) (\d+)h(\d+)v1H\1z/g)].flatMap(([, x, y, length]) =>
    Array.from({ length: Number(length) }, (_, step) => `${Number(x) + step},${y}`),
  );
}

function darkModulesOf(uri: string): string[] {
  const { data } = encode(uri, { ecc: 'M', border: 4 });
  return data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x},${y}`] : [])));
}

it('adds a passkey, once the person has authorized it by what they have', async () => {
  const person = await enrolPerson();
  await openPage(person);
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', { options });
  await choose('Passkey');
  await button('Continue').click();
  await authorize(person);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await poll(focused).toBe('Passkey');
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await button('Create the passkey').click();
  await page.getByText('No passkey was created.').waitFor();
  await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await button('Create the passkey').click();
  await page.getByRole('heading', { name: '“Passkey” is ready' }).waitFor();
  expect((await factorsOf(person)).map(({ method, status }) => [method, status])).toContainEqual([
    'passkey',
    'confirmed',
  ]);
  const { credentials } = await devTools.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials).toHaveLength(1);
});

it('adds an address, and says what is wrong with one', async () => {
  const person = newPerson();
  await openPage(person);
  await choose('One-time code');
  await page.getByLabel('SMS').check();
  await page.getByLabel('Phone number').fill('12');
  await button('Continue').click();
  await page.getByRole('alert').getByText('Please check this').waitFor();
  await page.getByLabel('E-mail', { exact: true }).check();
  await page.getByLabel('E-mail address').fill(person.address);
  await page.keyboard.press('Enter');
  await page.getByText(/Type the code that was sent to p•+/).waitFor();
  // The field for the code has the focus by itself.
  await page.keyboard.type(newestCode(person.address));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '“One-time code” is ready' }).waitFor();
  expect((await factorsOf(person)).map(({ status }) => status)).toEqual(['confirmed']);
});

it('shows recovery codes once, to be copied, saved and printed, and goes on when they are stored', async () => {
  const person = await enrolPerson();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.origin });
  await openPage(person);
  await choose('Recovery code');
  await button('Continue').click();
  await authorize(person);
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await codes.first().waitFor();
  const text = `${(await codes.allInnerTexts()).join('\n')}\n`;
  expect(text).toMatch(/^(?:[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\n){10}$/);

  await button('Copy').click();
  await button('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
  const [saved] = await Promise.all([page.waitForEvent('download'), button('Download').click()]);
  expect(saved.suggestedFilename()).toBe('recovery-codes.txt');
  expect(await readFile(await saved.path(), 'utf8')).toBe(text);
  await button('Print').click();
  const paper = page.frames().find((frame) => frame !== page.mainFrame());
  expect(await paper?.locator('pre').textContent()).toBe(text);

  await button('Done').click();
  await codes.first().waitFor();
  await page.getByLabel('I have stored them').check();
  await button('Done').click();
  await page.getByRole('heading', { name: '“Recovery code” is ready' }).waitFor();
  expect(await page.locator('main').innerText()).not.toContain(text.slice(0, 19));
});

it('draws a method of the host’s own by its schema, and by what the host has drawn', async () => {
  const person = newPerson();
  await openPage(person);
  await choose('Badge');
  await page.getByLabel('Floor').selectOption('first');
  await page.getByLabel('Desk number').fill('42');
  await page.getByLabel('I am only visiting.').check();
  await button('Continue').click();
  await page.getByText('Hold badge {"floor":"first","deskNumber":42,"isVisitor":true}').waitFor();
  await button('It has beeped').click();
  await page.getByRole('heading', { name: '“Badge” is ready' }).waitFor();
});

it('renames a factor, has it asked first, and removes it after a question, each authorized', async () => {
  const person = await enrolPerson();
  const { subjectId } = person;
  const second = { channel: 'email', address: `second-${person.address}` };
  await bank().factor.create({
    subjectId,
    methodId: 'otp',
    title: 'Second',
    config: second,
    confirmed: true,
  });
  await openPage(person);

  await button('Rename: Second').click();
  await page.keyboard.type('Work');
  await page.keyboard.press('Enter');
  await chooseFirstAddress(person);
  await rows().getByText('Work', { exact: true }).waitFor();
  await poll(focused).toBe('Rename');
  server.clock.advance({ minutes: 2 });

  await button('Ask first: Work').click();
  await chooseFirstAddress(person);
  await poll(async () => (await rows().allInnerTexts())[0]).toMatch(/Work\s*Asked first/);
  await poll(focused).toBe('Rename');
  server.clock.advance({ minutes: 2 });

  await button('Remove: Work').click();
  await page.getByText('Remove “Work”?').waitFor();
  await button('Keep').click();
  expect(await focused()).toBe('Rename');
  await button('Remove: Work').click();
  await button('Remove: Work').click();
  await chooseFirstAddress(person);
  await poll(() => rows().count()).toBe(1);
  await poll(focused).toBe('How you confirm');
  expect(await factorsOf(person)).toHaveLength(1);
});

/** The dialog asks the default factor, whichever that is. */
async function chooseFirstAddress(person: Person): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').waitFor();
  const [newest] = inbox.messages();
  expect(newest?.to).toContain(person.address);
  await dialog.getByRole('textbox').fill(newest!.code);
  await dialog.getByRole('button', { name: 'Authorize', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

it('changes nothing when the person closes the dialog, and says so', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await choose('Authenticator app');
  await button('Continue').click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You called it off. Nothing was changed.').waitFor();
  expect(await factorsOf(person)).toHaveLength(1);
});

it('shows a phone as soon as it has registered itself, and revokes it when the person wants that', async () => {
  const person = await enrolPerson();
  const { subjectId } = person;
  await openPage(person);
  const { device } = await bank().device.register({ subjectId, uuid: 'old-phone', name: 'Old phone' });
  await rows().getByText('Old phone').waitFor();
  await button('Remove: Old phone').click();
  await button('Remove: Old phone').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Code by message' }).click();
  await authorize(person);
  await poll(() => rows().count()).toBe(1);
  const { items } = await bank().event.list({ from: 'start', subjectId, types: ['device.revoked'] });
  expect(items.map(({ about }) => about.id)).toEqual([device.id]);
});

it('says what a person cannot do by themself, and what was lost on the way', async () => {
  const person = newPerson();
  const { rpc } = pageScope;
  await openPage(person, { rpc: { ...rpc, m: rpc.m.filter((name) => name !== 'factor.create') } });
  await choose('Authenticator app');
  await button('Continue').click();
  await page.getByText('You cannot change this by yourself here.').waitFor();
  await page.close();

  await openPage(person);
  let lost = 0;
  await page.route(/factor\.create/, async (route) => {
    lost += 1;
    if (lost > 1) return await route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await choose('Recovery code');
  await button('Continue').click();
  await page.getByText('was lost on the way').waitFor();
  await button('Back').click();
  await page.getByRole('button', { name: /^Authenticator app/ }).waitFor();
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('has nothing that axe finds, needs a keyboard and no more room than a small phone has', async () => {
    const person = newPerson();
    await openPage(person);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 320, height: 568 });
    await examine();
    await page.getByRole('button', { name: /^One-time code/ }).focus();
    await page.keyboard.press('Enter');
    await examine();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type(person.address);
    await page.keyboard.press('Enter');
    await page.getByText('Type the code').waitFor();
    await page.keyboard.type('1234567890');
    await page.keyboard.press('Enter');
    await page.getByText('Not this one.').waitFor();
    await examine();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(newestCode(person.address));
    await page.keyboard.press('Enter');
    await page.getByText('is ready').waitFor();
    await examine();

    await button('Remove: One-time code').click();
    await page.getByText('It is the last one').waitFor();
    await examine();
    await button('Keep').click();
    await button('Rename: One-time code').click();
    await examine();
    await button('Cancel').click();
    await button('Add another one').click();
    await choose('Authenticator app');
    await button('Continue').click();
    await authorize(person);
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await examine();
  });
});

/** What axe finds of WCAG 2.2 AA and of good practice, and whether anything is wider than the page. */
async function examine(): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
}
