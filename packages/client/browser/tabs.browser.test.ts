import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setup } from '../../core/testing/database-setup.ts';
import { bundleProgram } from '../test/support/bundle.ts';
import { openGuardedBank, type GuardedBank, type Person } from '../test/support/guarded-bank.ts';

/** A page of the bank's: it transfers, and says what came of it. */
const program = `
import { authorizationLink, createCountersignClient, reasonOf } from '@countersign/client';
import { createTRPCClient, httpBatchLink } from '${import.meta.resolve('@trpc/client').replace('file://', '')}';

const url = location.origin + '/as/ada/trpc';
const client = createCountersignClient({ url, path: 'countersign', transformer: null });
const onChallenge = ({ request }) => { document.title = request.id; };
const trpc = createTRPCClient({ links: [authorizationLink({ client, onChallenge }), httpBatchLink({ url })] });
globalThis.transfer = (data) =>
  trpc.bank.transfer.mutate(data).then(({ sent }) => 'sent ' + sent, (error) => reasonOf(error) ?? error.name);
`;

let bank: GuardedBank;
let ada: Person;
let browser: Browser;
let context: BrowserContext;
let teardown: (() => Promise<void>) | undefined;
let folder: string;

beforeAll(async () => {
  teardown = await setup();
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  bank = await openGuardedBank();
  ada = bank.person('ada');
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '',
    env: { ...process.env, TMPDIR: folder }, // where its new, empty profile is made
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-features=LocalNetworkAccessChecks', // A page that the test fulfils is from nowhere, to Chromium.
    ],
  });
  context = await browser.newContext();
  const [chunk] = await bundleProgram(program);
  const body = `<!doctype html><link rel="icon" href="data:,"><script type="module">${chunk?.code}</script>`;
  await context.route('**/page', (route) => route.fulfill({ contentType: 'text/html', body }));
});

afterAll(async () => {
  await browser.close();
  await bank[Symbol.asyncDispose]();
  await teardown?.();
  await rm(folder, { recursive: true });
});

async function openTab(): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(`${new URL(ada.url).origin}/page`);
  await expect.poll(() => tab.evaluate('typeof transfer')).toBe('function');
  return tab;
}

it('sends once of two tabs of one browser that wait for the same grant, and the other sends nothing', async () => {
  const tabs = await Promise.all([openTab(), openTab()]);
  const calls: string[] = [];
  context.on('request', (request) => {
    if (request.url().includes('bank.transfer')) calls.push(request.url());
  });
  const outcomes = Promise.all(
    tabs.map((tab) => tab.evaluate("transfer({ to: 'GB29', amountCents: 250000 })")),
  );
  await expect.poll(ada.requests).toHaveLength(1);
  const [request] = await ada.requests();
  await expect
    .poll(() => Promise.all(tabs.map((tab) => tab.title())), { timeout: 10_000 })
    .toEqual([request?.id, request?.id]);
  await ada.approve(request?.id ?? '');
  expect((await outcomes).map(String).toSorted((one, other) => one.localeCompare(other))).toEqual([
    'already_consumed',
    'sent 250000',
  ]);
  expect(ada.runs()).toHaveLength(1);
  expect(calls).toHaveLength(3);
  expect(await ada.requests()).toHaveLength(1);
});
