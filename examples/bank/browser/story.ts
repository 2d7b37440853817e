import type { Locator, Page } from 'playwright-core';

export interface Draft {
  /** As it is typed: `240.10` */
  readonly amount: string;
  /** By which a movement is found again. */
  readonly reference: string;
}

export const dialogOf = (page: Page): Locator => page.getByRole('dialog');
export const receiptOf = (page: Page): Locator => page.getByRole('heading', { name: 'Sent', exact: true });

export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).click();
}

export async function says(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** Fills the form and sends it; from there on the bank asks, if it has to. */
export async function send(bank: Page, { amount, reference }: Draft): Promise<void> {
  await bank.getByLabel('Amount').fill(amount);
  await bank.getByLabel('Reference').fill(reference);
  await press(bank, /^Send €/);
}

/** Sends, and waits until the bank shows digits and the phone asks for them. */
export async function askPhone(bank: Page, phone: Page, draft: Draft): Promise<void> {
  await send(bank, draft);
  await digitsOn(bank);
  await phone.getByRole('definition').getByText(draft.reference, { exact: true }).waitFor();
}

/** Proves by this, and not by what the bank asks for by itself. */
export async function choose(bank: Page, way: string): Promise<void> {
  const [others, wanted] = ['Other ways to confirm', way].map((name) =>
    dialogOf(bank).getByRole('button', { name }),
  ) as [Locator, Locator];
  await others.or(wanted).first().waitFor();
  if (await others.isVisible()) await others.click();
  await wanted.click();
}

/** As somebody reads them from the bank's screen. */
export async function digitsOn(bank: Page): Promise<string> {
  return await dialogOf(bank).locator('.countersign-digits [aria-hidden]').innerText();
}

export const digitsField = (phone: Page): Locator => phone.getByLabel(/^Type the 3 digits/);

export async function typeDigits(phone: Page, digits: string): Promise<void> {
  await digitsField(phone).fill(digits);
  await press(phone, 'Approve');
}

/** Of as many digits, and never the same. */
export function otherThan(digits: string): string {
  return digits.replace(/^./, (first) => String((Number(first) + 1) % 10));
}

export async function approve(bank: Page, phone: Page): Promise<void> {
  await typeDigits(phone, await digitsOn(bank));
  await phone.getByRole('heading', { name: 'Approved' }).waitFor();
}

const tabsMax = 60;

/** Goes on with the Tab key until this has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs < tabsMax; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The Tab key does not go there.');
}
