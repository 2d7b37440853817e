import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { recordReceived, tellsDigits } from './received.ts';
import { openService } from './service.ts';
import { useStage } from './stage.ts';
import {
  approve,
  askPhone,
  dialogOf,
  digitsField,
  digitsOn,
  otherThan,
  press,
  receiptOf,
  says,
  send,
  tabTo,
  typeDigits,
} from './story.ts';

const { openBank, openPhone, books, demo, allowTrouble } = useStage();

const openBoth = (): Promise<[bank: Page, phone: Page]> => Promise.all([openBank(), openPhone()]);

describe('the digits, typed on the phone', () => {
  it('move the money, once, and the receipt appears', async () => {
    const before = await books().balance();
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '1234.56', reference: 'A boat' });
    const facts = await dialogOf(bank).getByRole('definition').allInnerTexts();
    expect(await phone.getByRole('definition').allInnerTexts()).toEqual(facts);
    expect(await books().movements('A boat')).toEqual([]);

    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    expect(await bank.locator('.receipt').innerText()).toMatch(
      /€1,234\.56[^]*, once[^]*Signed over exactly these values[^]*areq_/,
    );
    expect(await books().movements('A boat')).toEqual([-123_456]);
    expect(await books().balance()).toBe(before - 123_456);
    await bank.getByRole('region', { name: 'Accounts' }).getByText('€7,177.80').waitFor();
  });

  it('end the question when they are wrong; new ones are asked for, and those move it', async () => {
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '320.01', reference: 'Wrong at first' });
    await typeDigits(phone, otherThan(await digitsOn(bank)));
    await phone.getByRole('heading', { name: 'Not these digits' }).waitFor();
    await dialogOf(bank).getByText('That was not right. 4 attempts left.').waitFor();
    await expect.poll(() => bank.locator('.countersign-digits').count(), { timeout: 30_000 }).toBe(0);
    expect(await books().movements('Wrong at first')).toEqual([]);

    await press(bank, 'Ask my phone');
    await says(phone, 'Acme Bank asks');
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    expect(await books().movements('Wrong at first')).toEqual([-32_001]);
  });

  it('were on no wire to the phone and in no element of it before', async () => {
    const [bank, phone] = await openBoth();
    const [atBank, atPhone] = await Promise.all([recordReceived(bank), recordReceived(phone)]);
    await says(phone, 'Nothing to approve');
    let digits: string;
    let known: readonly string[];
    let round = 0;
    const reference = (): string => `Round ${round}`;
    // Digits that the phone had before they were made, or that are the amount, prove nothing: others are asked for.
    for (;;) {
      round += 1;
      known = [...(await atPhone.texts()), '410.10'];
      await askPhone(bank, phone, { amount: '410.10', reference: reference() });
      digits = await digitsOn(bank);
      if (!known.some((text) => tellsDigits(text, digits))) break;
      await press(bank, 'Cancel');
      await phone.getByRole('heading', { name: 'Called off' }).waitFor();
    }

    const told = await atPhone.texts();
    for (const heard of [reference(), 'authorization_request.challenged'])
      expect(told.some((text) => text.includes(heard))).toBe(true);
    expect((await atBank.texts()).some((text) => tellsDigits(text, digits))).toBe(true);
    expect(told.filter((text) => tellsDigits(text, digits))).toEqual([]);
    expect(tellsDigits(await bank.content(), digits)).toBe(true);
    expect(tellsDigits(await phone.content(), digits)).toBe(false);
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
  });

  it('need no more than a keyboard, from the loading of both pages to the receipt', async () => {
    const [bank, phone] = await openBoth();
    await tabTo(bank, bank.getByLabel('Amount'));
    await bank.keyboard.press('ControlOrMeta+A');
    await bank.keyboard.type('150.50');
    await tabTo(bank, bank.getByLabel('Reference'));
    await bank.keyboard.type('By keyboard');
    await bank.keyboard.press('Enter');
    const digits = await digitsOn(bank);
    await says(phone, 'By keyboard');
    await tabTo(phone, digitsField(phone));
    await phone.keyboard.type(digits);
    await phone.keyboard.press('Enter');
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();

    await receiptOf(bank).waitFor();
    await dialogOf(bank).waitFor({ state: 'detached' });
    await tabTo(bank, bank.getByRole('button', { name: 'Send something else' }));
    await bank.keyboard.press('Enter');
    await bank.getByLabel('Amount').waitFor();
    expect(await books().movements('By keyboard')).toEqual([-15_050]);
  });
});

describe('nothing is done', () => {
  it('when the person declines on the phone', async () => {
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '300', reference: 'Declined' });
    await press(phone, 'Decline');
    await phone.getByRole('heading', { name: 'Declined' }).waitFor();
    await says(bank, 'It was declined. Nothing was done.');
    await press(bank, 'Close');
    await says(bank, 'Declined.');
    expect(await books().movements('Declined')).toEqual([]);
  });

  it('when it was somebody else: the session that asked is shut out, and the phone stays quiet', async () => {
    const [bank, phone] = await Promise.all([openBank('emil'), openPhone('emil')]);
    await askPhone(bank, phone, { amount: '350', reference: 'Not by Emil' });
    await press(phone, 'This was not me');
    await press(phone, 'Report it');
    await phone.getByRole('heading', { name: 'Reported' }).waitFor();
    await says(bank, /somebody else may be signed in as you/);
    await bank.keyboard.press('Escape');
    await says(bank, 'this session can ask nothing more');
    expect(await books('emil').movements('Not by Emil')).toEqual([]);

    allowTrouble(/status of 429/);
    await press(phone, 'Done');
    await send(bank, { amount: '351', reference: 'Once more' });
    await says(bank, 'Not done.');
    expect(await dialogOf(bank).count()).toBe(0);
    expect(await phone.getByText('Nothing to approve').count()).toBe(1);
  });

  it('when nobody answers in time, and both screens say so', async () => {
    const [bank, phone] = await openBoth();
    const draft = { amount: '260', reference: 'Too late' };
    await send(bank, draft);
    await digitsOn(bank);
    // The same question, by the bank's own hand, with little time to answer; its page finds that one waiting.
    await using service = await openService(demo());
    const { items } = await service.authorizationRequest.list({ subjectId: 'ada', state: 'waiting' });
    const { slug, subjectId, sessionId, data } = items[0]!;
    await press(bank, 'Cancel');
    await says(bank, 'Called off.');
    await phone.getByRole('heading', { name: 'Called off' }).waitFor();
    await service.authorizationRequest.create({
      slug,
      ...(subjectId !== null && { subjectId }),
      sessionId,
      data,
      expiresInSeconds: 10,
    });

    await askPhone(bank, phone, draft);
    await says(bank, 'Time is up');
    await phone.getByRole('heading', { name: 'Too late' }).waitFor();
    await press(bank, 'Close');
    await says(bank, 'Nobody answered in time.');
    expect(await books().movements(draft.reference)).toEqual([]);
    expect((await service.authorizationRequest.list({ subjectId: 'ada', state: 'waiting' })).items).toEqual(
      [],
    );
  });
});
