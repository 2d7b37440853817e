import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openService } from './service.ts';
import { patiently, useStage } from './stage.ts';
import { approve, askPhone, dialogOf, digitsOn, press, receiptOf, says, send, typeDigits } from './story.ts';

const { become, openBank, openPhone, books, allowTrouble, demo } = useStage();

const openBoth = (): Promise<[bank: Page, phone: Page]> => Promise.all([openBank(), openPhone()]);

/** How often the bank was asked to transfer, and what it answered. */
function recordTransfers(page: Page): number[] {
  const statuses: number[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/bank/trpc/transfer') statuses.push(response.status());
  });
  return statuses;
}

describe('what is under way', () => {
  it('goes on after a reload of the bank: the same request, asked once, granted once, sent once', async () => {
    const [bank, phone] = await openBoth();
    const transfers = recordTransfers(bank);
    await askPhone(bank, phone, { amount: '330.30', reference: 'Reloaded' });
    const digits = await digitsOn(bank);
    await using service = await openService(demo());
    const { items } = await service.authorizationRequest.list({ subjectId: 'ada', state: 'waiting' });
    await bank.reload();
    await says(bank, 'Waits for your approval.');
    expect(await digitsOn(bank)).toBe(digits);
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    expect(transfers).toEqual([428, 200]);
    expect(await books().movements('Reloaded')).toEqual([-33_030]);
    expect(items).toHaveLength(1);
    expect(await bank.locator('.receipt').innerText()).toContain(items[0]!.id);
    const events = await service.event.list({ requestId: items[0]!.id });
    expect(events.items.map(({ type }) => type.split('.')[1])).toEqual([
      'created',
      'challenged',
      'granted',
      'consumed',
    ]);

    // And another reload begins nothing.
    await bank.reload();
    await bank.getByLabel('Amount').waitFor();
    expect(await dialogOf(bank).count()).toBe(0);
    expect(await books().movements('Reloaded')).toEqual([-33_030]);
  });

  it('outlives ten seconds without a network, in which the phone has approved it', async () => {
    allowTrouble(/ERR_INTERNET_DISCONNECTED/);
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '331.31', reference: 'Offline' });
    const digits = await digitsOn(bank);
    const cutAt = performance.now();
    await bank.context().setOffline(true);
    const isAway = dialogOf(bank).getByText('No connection. This goes on by itself as soon as there is one.');
    await isAway.waitFor();
    await typeDigits(phone, digits);
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
    await expect.poll(() => performance.now() - cutAt, patiently).toBeGreaterThan(10_000);
    expect(await isAway.isVisible()).toBe(true);
    expect(await books().movements('Offline')).toEqual([]);

    await bank.context().setOffline(false);
    await receiptOf(bank).waitFor();
    expect(await books().movements('Offline')).toEqual([-33_131]);
  });

  it('is one in two tabs with the identical call: one sends, and both tell the truth', async () => {
    const [first, phone] = await openBoth();
    const second = await first.context().newPage();
    await second.goto('/');
    const draft = { amount: '332.32', reference: 'In two tabs' };
    await askPhone(first, phone, draft);
    await send(second, draft);
    expect(await digitsOn(second)).toBe(await digitsOn(first));
    await approve(first, phone);

    const outcomes = [first, second].map((tab) => tab.locator('.receipt h3, .stopped strong'));
    await Promise.all(outcomes.map((outcome) => outcome.waitFor()));
    const said = await Promise.all(outcomes.map((outcome) => outcome.innerText()));
    expect(said.toSorted()).toEqual(['Done already.', 'Sent']);
    expect(await books().movements('In two tabs')).toEqual([-33_232]);
  });
});

describe('an approval', () => {
  it('is good for no other amount, and the refusal shows both hashes', async () => {
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '333.33', reference: 'Changed' });
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    const before = await books().balance();
    const hash = await bank.locator('.receipt dt', { hasText: 'Data hash' }).locator('+ dd').innerText();
    await press(bank, 'Execute €3,333.30');
    const refused = bank.locator('.refused');
    await refused.getByText('data_mismatch').waitFor();
    const hashes = await refused.getByRole('definition').allInnerTexts();
    expect(hashes).toEqual([hash, expect.stringMatching(/^[\w-]{43}$/)]);
    expect(hashes[1]).not.toBe(hash);
    expect(await books().movements('Changed')).toEqual([-33_333]);
    expect(await books().balance()).toBe(before);
  });

  it('is good for no second use', async () => {
    const [bank, phone] = await openBoth();
    await askPhone(bank, phone, { amount: '334.34', reference: 'Twice' });
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    await press(bank, 'Execute it again');
    await bank.locator('.refused').getByText('already_consumed').waitFor();
    expect(await books().movements('Twice')).toEqual([-33_434]);
  });

  it('is not asked for below the limit', async () => {
    const bank = await openBank();
    const transfers = recordTransfers(bank);
    await send(bank, { amount: '99.99', reference: 'Free' });
    await receiptOf(bank).waitFor();
    await says(bank, 'nobody had to be asked');
    expect(transfers).toEqual([200]);
    expect(await books().movements('Free')).toEqual([-9_999]);
  });
});

describe('another person', () => {
  it('has the accounts, the phone and the questions of their own', async () => {
    const [bank, phone] = await Promise.all([openBank('nora'), openPhone('nora')]);
    expect(await phone.getByRole('heading', { level: 1 }).innerText()).toBe('Nora’s phone');
    await bank.getByRole('region', { name: 'Accounts' }).getByText('€3,127.45').waitFor();
    await askPhone(bank, phone, { amount: '335.35', reference: 'From Nora' });
    await approve(bank, phone);
    await receiptOf(bank).waitFor();
    expect(await books('nora').movements('From Nora')).toEqual([-33_535]);

    // A page that is open notices, and so does a phone in the same browser.
    const pocket = await bank.context().newPage();
    await pocket.goto('/phone');
    await pocket.getByRole('heading', { name: 'Nora’s phone' }).waitFor();
    await become(bank, 'ada');
    await pocket.getByRole('heading', { name: 'Ada’s phone' }).waitFor();
    expect(await receiptOf(bank).count()).toBe(0);
  });

  it('is who was chosen: what is still asked for in the session that ends begins no other one', async () => {
    const bank = await openBank();
    const [isAsked, hasEnded] = [signal(), signal()];
    await bank.route('**/bank/trpc/history**', async (route) => {
      isAsked.resolve();
      await hasEnded.promise;
      await route.fulfill(await sentAsItWas(route));
    });
    await bank.route('**/bank/trpc/session.switch**', async (route) => {
      const answer = await sentAsItWas(route);
      const isRefused = bank.waitForResponse((response) => response.status() === 401);
      hasEnded.resolve();
      await isRefused;
      await route.fulfill(answer);
    });
    let begun = 0;
    bank.on('request', (request) => {
      if (request.url().includes('/session.open')) begun += 1;
    });
    await bank.getByLabel('Movements of').selectOption({ index: 1 });
    await isAsked.promise;
    await become(bank, 'nora');
    // By the page of the new session, and by nothing before: its cookie could come after the new one.
    expect(begun).toBe(1);
  });
});

const signal = () => Promise.withResolvers<void>();

/** What the bank answers to a call that left the page with the cookies of now; the page has not heard it yet. */
async function sentAsItWas(route: Route) {
  const request = route.request();
  const cookies = await request.frame().page().context().cookies();
  const answer = await fetch(request.url(), {
    method: request.method(),
    headers: {
      ...request.headers(),
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    },
    body: request.postData(),
  });
  const headers = Object.fromEntries(
    [...answer.headers].filter(([name]) => !/^(?:content|transfer)-(?:encoding|length)$/.test(name)),
  );
  return { status: answer.status, headers, body: await answer.text() };
}
