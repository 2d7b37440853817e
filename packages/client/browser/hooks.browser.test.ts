import { defineOperation } from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { setup } from '../../core/testing/database-setup.ts';
import { createInbox } from '../../server/src/dev/inbox.ts';
import { devMethods } from '../../server/src/dev/methods.ts';
import { pageScope } from './page-scope.ts';
import { openReactPage, type ReactPage } from './react-page.ts';

const payment = defineOperation({
  slug: 'payment',
  data: z.strictObject({ amountCents: z.number().int() }),
  title: 'Pay',
});

let teardown: (() => Promise<void>) | undefined;
let folder: string;
let site: ReactPage;
let server: TestServer;
let browser: Browser;
let page: Page;
const inbox = createInbox();
/** What a page should not have to say. */
const trouble: string[] = [];
let people = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  [teardown, site] = await Promise.all([setup(), openReactPage('./hooks-program.tsx')]);
  const methods = devMethods({ send: inbox.send, origins: [site.origin] });
  server = await startTestServer({ operations: { payment }, methods, origins: [site.origin] });
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
afterEach(async () => {
  await page.close();
  expect(trouble.splice(0)).toEqual([]);
});

const bank = () => server.cs.createCaller({ kind: 'service' });
/** Beside many others a page takes its time. */
const poll = <Value>(read: () => Value) => expect.poll(read, { timeout: 15_000 });

interface Person {
  readonly subjectId: string;
  readonly address: string;
  /** Two addresses, the first of which may be removed. */
  readonly factorIds: readonly string[];
}

async function enrolPerson(): Promise<Person> {
  people += 1;
  const subjectId = `person-${people}`;
  const factorIds: string[] = [];
  for (const name of ['old', 'new']) {
    const config = { channel: 'email', address: `${subjectId}-${name}@example.org` };
    const { factor } = await bank().factor.create({ subjectId, methodId: 'otp', config, confirmed: true });
    factorIds.push(factor.id);
  }
  return { subjectId, factorIds, address: `${subjectId}-old@example.org` };
}

async function openPage({ subjectId, factorIds }: Person): Promise<void> {
  const { token } = await bank().scopedToken.issue({
    subjectId,
    sessionId: `session of ${subjectId}`,
    scope: pageScope,
  });
  page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', ({ message }) => trouble.push(message));
  page.on('console', (message) => {
    // The browser itself says what was refused first.
    const isExpected = message.type() === 'info' || message.text().includes('428');
    if (!isExpected) trouble.push(message.text());
  });
  const query = new URLSearchParams({ url: `${server.url}/trpc`, token: token ?? '', factor: factorIds[0]! });
  await page.goto(`${site.origin}/?${query}`);
}

const ask = async ({ subjectId }: Person, amountCents: number) =>
  (await bank().authorizationRequest.create({ slug: 'payment', subjectId, data: { amountCents } })).id;
const listed = (): Promise<string[]> =>
  page.getByRole('region', { name: 'Log' }).getByRole('listitem').allTextContents();
const read = <Value>(expression: string): Promise<Value> => page.evaluate(expression);
const show = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const following = (): Promise<void> => page.getByText('following').waitFor();

const [created, cancelled] = ['authorization_request.created', 'authorization_request.cancelled'];

it('tells each event once, in its order, and whatever a listener throws stops nothing', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await following();
  const id = await ask(person, 1);
  await bank().authorizationRequest.cancel({ id });
  await poll(listed).toEqual([created, cancelled]);
  expect(new Set(await read<string[]>('told')).size).toBe(2);
  expect(await read<string[]>('told')).toHaveLength(2);
  expect(trouble.splice(0)).toEqual(['a listener that throws']);
});

it('follows another filter anew, the same filter on, and nothing when there is none', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await following();
  const id = await ask(person, 1);
  await poll(listed).toEqual([created]);
  const begun = (await read<string[]>('streams')).length;

  // Written in another order it lets through the same.
  await show('the same');
  await poll(listed).toEqual([created]);
  expect(await read<string[]>('streams')).toHaveLength(begun);

  await show('cancelled');
  await following();
  expect(await listed()).toEqual([]);
  expect(await read<string[]>('streams')).toHaveLength(begun + 1);
  await bank().authorizationRequest.cancel({ id });
  await poll(listed).toEqual([cancelled]);

  await show('nothing');
  const before = await read<string[]>('told');
  await ask(person, 2);
  await show('unkept');
  await following();
  expect(await read<string[]>('told')).toEqual(before);
  expect(trouble.splice(0)).toEqual(['a listener that throws']);
});

it('renders nothing for events that are only listened to', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await show('unkept');
  await following();
  const [renders, before] = [await read<number>('renders()'), (await read<string[]>('told')).length];
  const id = await ask(person, 1);
  await bank().authorizationRequest.cancel({ id });
  await poll(() => read<string[]>('told')).toHaveLength(before + 2);
  expect(await read<number>('renders()')).toBe(renders);
  expect(await listed()).toEqual([]);
  expect(trouble.splice(0)).toEqual(['a listener that throws']);
});

it('has one call authorized and made for two clicks, and stays the same function', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await show('nothing');
  const region = page.getByRole('region', { name: 'Factor' });
  await region.getByRole('button', { name: 'Remove' }).dblclick();
  await region.getByText('2 clicks').waitFor();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await poll(() => inbox.messages(person.address).length).toBe(1);
  await dialog.getByRole('textbox').fill(inbox.messages(person.address)[0]!.code);
  await dialog.getByRole('button', { name: 'Authorize' }).click();
  await region.getByText('removed: true').waitFor();
  const left = await bank().factor.list({ subjectId: person.subjectId });
  expect(left.map(({ id }) => id)).toEqual([person.factorIds[1]]);
  expect(await read<number>('functions.size')).toBe(1);
});

it('fails with AuthorizationCancelled when the person closes the dialog, and removes nothing', async () => {
  const person = await enrolPerson();
  await openPage(person);
  await show('nothing');
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('AuthorizationCancelled').waitFor();
  expect(await bank().factor.list({ subjectId: person.subjectId })).toHaveLength(2);
});
