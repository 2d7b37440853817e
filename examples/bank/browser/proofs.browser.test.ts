import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useStage } from './stage.ts';
import { approve, choose, dialogOf, digitsOn, press, receiptOf, says, send } from './story.ts';

const { open, openBank, openPhone, books } = useStage();

/** The newest message in the inbox that was sent to this address or this person. */
async function messageTo(inbox: Page, to: string): Promise<string> {
  const message = inbox.getByRole('listitem').filter({ hasText: to }).first();
  await message.waitFor();
  return await message.innerText();
}

async function type(bank: Page, label: string, code: string): Promise<void> {
  await dialogOf(bank).getByLabel(label, { exact: true }).fill(code);
  await press(bank, 'Authorize');
}

/** A platform authenticator that belongs to the page (WebAuthn §11). */
async function plugIn(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describe('money moves by', () => {
  it('a code from the inbox', async () => {
    const [bank, inbox] = await Promise.all([openBank(), open('/inbox')]);
    await send(bank, { amount: '205.05', reference: 'By a message' });
    await choose(bank, 'Code by message');
    await says(bank, 'We have sent it to a•••@example.org.');
    await inbox.getByText('€ 205.05').waitFor();
    const [code] = /\b\d{6,8}\b/.exec(await messageTo(inbox, 'ada@example.org')) ?? [];
    await type(bank, 'Code', code ?? '');
    await receiptOf(bank).waitFor();
    await says(bank, 'Tied to these values by the bank');
    expect(await books().movements('By a message')).toEqual([-20_505]);
  });

  it('what the authenticator on the phone shows', async () => {
    const [bank, phone] = await Promise.all([openBank(), openPhone()]);
    await send(bank, { amount: '206.06', reference: 'By the app' });
    await choose(bank, 'Authenticator app');
    await phone.getByRole('tab', { name: 'Authenticator' }).click();
    const code = await phone.getByLabel('Current code').innerText();
    await type(bank, 'Code from your app', code);
    await receiptOf(bank).waitFor();
    await says(bank, 'A code, tied to nothing but the time');
    expect(await books().movements('By the app')).toEqual([-20_606]);
  });

  it('a code of the letter, and by the same one never again', async () => {
    const [bank, inbox] = await Promise.all([openBank(), open('/inbox')]);
    const letter = await messageTo(inbox, 'Dear Ada');
    const [first = '', second = ''] = [...letter.matchAll(/^ ?\d+ {2}(\S+)$/gm)].map(([, code]) => code);
    await send(bank, { amount: '207.07', reference: 'By the letter' });
    await choose(bank, 'Recovery code');
    await type(bank, 'Recovery code', first);
    await receiptOf(bank).waitFor();
    expect(await books().movements('By the letter')).toEqual([-20_707]);

    await press(bank, 'Send something else');
    await send(bank, { amount: '208.08', reference: 'By the letter again' });
    await choose(bank, 'Recovery code');
    await type(bank, 'Recovery code', first);
    await says(bank, 'That was not right. 4 attempts left.');
    expect(await books().movements('By the letter again')).toEqual([]);
    await type(bank, 'Recovery code', second.toLowerCase());
    await receiptOf(bank).waitFor();
    expect(await books().movements('By the letter again')).toEqual([-20_808]);
  });
});

describe('the settings', () => {
  it('add a passkey that the phone has authorized, and it closes an account', async () => {
    const [bank, phone] = await Promise.all([openBank(), openPhone()]);
    await plugIn(bank);
    await bank.getByRole('link', { name: 'Settings' }).click();
    const security = bank.getByRole('region', { name: 'Security' });
    await security.getByRole('button', { name: /^Passkey/ }).click();
    await security.getByRole('button', { name: 'Continue' }).click();
    await digitsOn(bank);
    await says(phone, 'Acme Bank asks');
    await approve(bank, phone);
    await security.getByRole('button', { name: 'Create the passkey' }).click();
    await security.getByText('From now on you can confirm with it.').waitFor();

    const closing = bank.getByRole('region', { name: 'Close an account' });
    await closing.getByLabel('Account', { exact: true }).selectOption('ada-holiday');
    await closing.getByLabel('Pay the balance to').selectOption('ada-everyday');
    const before = await books().balance();
    await closing.getByRole('button', { name: 'Close Holiday' }).click();
    await dialogOf(bank).getByText('€ 640.00').waitFor();
    await choose(bank, 'Passkey');
    await dialogOf(bank).getByRole('button', { name: 'Use passkey' }).click();
    await closing.getByText('Holiday is closed.').waitFor();
    expect(await books().movements('Account closed')).toEqual([64_000]);
    expect(await books().balance()).toBe(before + 64_000);
  });

  it('change the e-mail address by a proof that is bound to the new one, and codes go there from then on', async () => {
    const address = 'nora.lund@elsewhere.example';
    const [bank, phone, inbox] = await Promise.all([openBank('nora'), openPhone('nora'), open('/inbox')]);
    await bank.getByRole('link', { name: 'Settings' }).click();
    await bank.getByLabel('New address').fill(address);
    await press(bank, 'Change address');
    await dialogOf(bank).getByText(address).waitFor();
    expect(await dialogOf(bank).getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('Code by message'),
      expect.stringContaining('Your phone'),
    ]);
    await choose(bank, 'Your phone');
    await digitsOn(bank);
    await says(phone, address);
    await approve(bank, phone);
    await says(bank, `Changed to ${address}.`);
    await bank.locator('.now').getByText(address).waitFor();

    await dialogOf(bank).waitFor({ state: 'detached' });
    await bank.getByRole('link', { name: 'Accounts' }).click();
    await send(bank, { amount: '209.09', reference: 'To the new address' });
    await choose(bank, 'Code by message');
    await inbox.getByText('€ 209.09').waitFor();
    expect(await messageTo(inbox, '€ 209.09')).toContain(address);
    await press(bank, 'Cancel');
  });
});
