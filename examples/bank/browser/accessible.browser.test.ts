import { describe, it } from 'vitest';
import { isAccessible } from './axe.ts';
import { useStage } from './stage.ts';
import {
  approve,
  askPhone,
  choose,
  dialogOf,
  digitsField,
  digitsOn,
  otherThan,
  press,
  receiptOf,
  says,
  send,
  typeDigits,
} from './story.ts';

const { open, openBank, openPhone } = useStage();

describe('axe finds nothing, in either colour scheme,', () => {
  it('from the first page to the refused cheats, on both screens', async () => {
    const [bank, phone] = await Promise.all([openBank(), openPhone()]);
    await says(bank, 'How is this guarded?');
    await says(bank, 'examples/bank/operations.ts');
    await isAccessible(bank, 'bank');
    await isAccessible(phone, 'phone at rest');

    await askPhone(bank, phone, { amount: '501.01', reference: 'Seen by axe' });
    await isAccessible(bank, 'dialog with digits');
    await isAccessible(phone, 'phone asked');
    await digitsField(phone).fill((await digitsOn(bank)).slice(0, 2));
    await press(phone, 'This was not me');
    await isAccessible(phone, 'phone about to report');
    await press(phone, 'Back');
    await approve(bank, phone);
    await isAccessible(phone, 'phone has approved');

    await receiptOf(bank).waitFor();
    await dialogOf(bank).waitFor({ state: 'detached' });
    await press(bank, 'Execute €5,010.10');
    await bank.getByText('data_mismatch').waitFor();
    await press(bank, 'Execute it again');
    await bank.getByText('already_consumed').waitFor();
    await isAccessible(bank, 'receipt and refused cheats');
  });

  it('where the dialog is refused: wrong digits, other ways, declined', async () => {
    const [bank, phone] = await Promise.all([openBank(), openPhone()]);
    await askPhone(bank, phone, { amount: '502.02', reference: 'Refused' });
    await typeDigits(phone, otherThan(await digitsOn(bank)));
    await phone.getByRole('heading', { name: 'Not these digits' }).waitFor();
    await says(bank, 'That was not right.');
    await isAccessible(bank, 'dialog after wrong digits');
    await isAccessible(phone, 'phone after wrong digits');

    await press(bank, 'Other ways to confirm');
    await isAccessible(bank, 'dialog with all ways');
    await dialogOf(bank).getByRole('button', { name: 'Code by message' }).click();
    await says(bank, 'We have sent it to');
    await isAccessible(bank, 'dialog with a code');
    await choose(bank, 'Your phone');
    await digitsOn(bank);
    await says(phone, 'Acme Bank asks');
    await press(phone, 'Decline');
    await says(bank, 'It was declined. Nothing was done.');
    await isAccessible(bank, 'dialog declined');
    await press(bank, 'Close');
    await says(bank, 'Declined.');
    await isAccessible(bank, 'form after declining');
  });

  it('in the settings, with a form open', async () => {
    const bank = await openBank();
    await bank.getByRole('link', { name: 'Settings' }).click();
    const security = bank.getByRole('region', { name: 'Security' });
    await security.getByText('Letter with recovery codes').first().waitFor();
    await isAccessible(bank, 'settings');
    await security.getByRole('button', { name: /^Passkey/ }).click();
    await security.getByRole('button', { name: 'Continue' }).waitFor();
    await isAccessible(bank, 'settings, adding a passkey');
  });

  it('on the authenticator of the phone and in the inbox', async () => {
    const [bank, phone, inbox] = await Promise.all([openBank(), openPhone(), open('/inbox')]);
    await phone.getByRole('tab', { name: 'Authenticator' }).click();
    await phone.getByLabel('Current code').waitFor();
    await isAccessible(phone, 'authenticator');

    await inbox.getByText('Dear Ada').waitFor();
    await send(bank, { amount: '503.03', reference: 'To the inbox' });
    await choose(bank, 'Code by message');
    await inbox.getByText('€ 503.03').waitFor();
    await isAccessible(inbox, 'inbox');
  });

  it('with bank and phone side by side', async () => {
    const split = await open('/split');
    await split.frameLocator('#bank').getByLabel('Amount').waitFor();
    await split.frameLocator('#phone').getByText('Nothing to approve').waitFor();
    await isAccessible(split, 'side by side');
  });
});
