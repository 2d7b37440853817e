/**
 * Writes docs/screenshots: each page of the demo, wide and small, light and dark. Times, hashes and codes are new ones
 * in each run; everything else is the same. A pngquant on PATH takes two thirds of the size away.
 *
 *   node --conditions=@countersign/source examples/bank/screenshots.ts
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.ts';
import { approve, askPhone, choose, dialogOf, press, receiptOf, says, send } from './browser/story.ts';
import { startDemo } from './support/start-demo.ts';
import { visit } from './support/visitor.ts';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

const sizes = { wide: { width: 1440, height: 900 }, small: { width: 390, height: 844 } } as const;
const schemes = ['light', 'dark'] as const;

interface Look {
  readonly size: keyof typeof sizes;
  readonly scheme: (typeof schemes)[number];
}

const draft = { amount: '2500', reference: 'Workshop, first half' };

const executablePath = findChromium();
if (executablePath === null) throw new Error('No Chromium was found. Name one by CHROMIUM_PATH.');
await mkdir(folder, { recursive: true });
await using demo = await startDemo();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const size of ['wide', 'small'] as const)
    for (const scheme of schemes) await showAll(browser, { size, scheme });
} finally {
  await browser.close();
}

async function showAll(on: Browser, look: Look): Promise<void> {
  await startOver();
  const context = await on.newContext({
    baseURL: demo.url,
    viewport: sizes[look.size],
    colorScheme: look.scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const bank = await context.newPage();
  await bank.goto('/');
  await says(bank, 'How is this guarded?');
  const phone = await context.newPage();
  await phone.goto('/phone');
  await says(phone, 'Nothing to approve');
  const take = (page: Page, name: string): Promise<void> => keep(page, name, look);

  await bank.bringToFront();
  await take(bank, 'bank');
  await askPhone(bank, phone, draft);
  await take(bank, 'dialog');
  await phone.bringToFront();
  await take(phone, 'phone');
  await approve(bank, phone);
  await bank.bringToFront();
  await receiptOf(bank).waitFor();
  await dialogOf(bank).waitFor({ state: 'hidden' });
  await toTop(bank, look.size === 'small' ? '.receipt' : 'body');
  await take(bank, 'receipt');

  await press(bank, /^Execute €/);
  await says(bank, 'data_mismatch');
  await press(bank, 'Execute it again');
  await says(bank, 'already_consumed');
  await toTop(bank, '.cheats');
  await take(bank, 'try-to-cheat');
  await toTop(bank, '.guarded');
  await take(bank, 'how-is-this-guarded');

  await press(bank, 'Send something else');
  await send(bank, { amount: '2500', reference: 'Workshop, second half' });
  await choose(bank, 'Code by message');
  await says(bank, /^Send a new code/);
  await bank.goto('/inbox');
  await says(bank, 'Copy');
  await take(bank, 'inbox');

  await bank.goto('/split');
  await phone.close();
  const framed = bank.frameLocator('#bank');
  await framed.getByRole('button', { name: 'Other ways to confirm' }).click();
  await framed.getByRole('button', { name: 'Your phone' }).click();
  await bank.frameLocator('#phone').getByText('Acme Bank asks').waitFor({ state: 'attached' });
  await framed.getByText('Waiting for your phone').waitFor();
  await take(bank, 'split');

  await framed.getByRole('button', { name: 'Cancel' }).click();
  await bank.goto('/#settings');
  await bank.locator('.countersign-factors li').first().waitFor();
  await says(bank, 'Add a way to confirm');
  await toTop(bank, '[aria-labelledby=security]');
  await take(bank, 'settings');
  await context.close();
}

/** As at the first start, for each look anew. */
async function startOver(): Promise<void> {
  await using ada = await visit(demo.url);
  await ada.bank.demo.reset.mutate();
}

/** A little below the upper edge, where somebody who scrolls would stop. */
async function toTop(page: Page, selector: string): Promise<void> {
  await page.evaluate((found) => {
    const top = document.querySelector(found)?.getBoundingClientRect().top ?? 0;
    scrollBy({ top: top - 24, behavior: 'instant' });
  }, selector);
}

async function keep(page: Page, name: string, { size, scheme }: Look): Promise<void> {
  const path = `${folder}/${name}-${size}-${scheme}.png`;
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  await promisify(execFile)('pngquant', ['--strip', '--nofs', '--force', '--ext', '.png', path]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
}
