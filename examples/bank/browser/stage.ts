import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { people, type PersonId } from '../server/directory.ts';
import { startDemo, type StartedDemo } from '../support/start-demo.ts';
import { visit, type Visitor } from '../support/visitor.ts';
import { readBooks, type Books } from './books.ts';
import { launchChromium, type Chromium } from './chromium.ts';

/** One demo and one browser for a file of tests. Each test finds the demo as it first was, and opens pages of its own. */
export interface Stage {
  demo(): StartedDemo;
  books(person?: PersonId): Books;
  /** The bank in a browser with nothing in it. */
  openBank(person?: PersonId): Promise<Page>;
  /** Signs in as somebody else, as a visitor of the demo may. */
  become(bank: Page, person: PersonId): Promise<void>;
  /** A phone in a browser of its own, which opening it has paired. */
  openPhone(person?: PersonId): Promise<Page>;
  /** Another page of the demo, in a browser of its own. */
  open(path: string): Promise<Page>;
  /** What this test makes a page complain about, on purpose. */
  allowTrouble(pattern: RegExp): void;
}

interface StoredItem {
  readonly name: string;
  readonly value: string;
}

/** On a machine that has nothing else to do, nothing here takes a tenth of it. */
export const patiently = { timeout: 30_000 };

/** A refusal that asks for an authorization is an answer; a browser notes down each one that is no success. */
const refusal = /the server responded with a status of 428/;

export function useStage(): Stage {
  let demo: StartedDemo;
  let chromium: Chromium;
  const visitors = new Map<PersonId, Promise<Visitor>>();
  const contexts: BrowserContext[] = [];
  const trouble: string[] = [];
  const allowed: RegExp[] = [];

  beforeAll(async () => {
    [demo, chromium] = await Promise.all([startDemo(), launchChromium()]);
  });
  afterAll(async () => {
    for (const visited of visitors.values()) await (await visited)[Symbol.asyncDispose]();
    await chromium[Symbol.asyncDispose]();
    await demo[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    const { bank } = await visitor('ada');
    await bank.demo.reset.mutate();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const patterns = [refusal, ...allowed.splice(0)];
    const unexpected = trouble.splice(0).filter((text) => !patterns.some((pattern) => pattern.test(text)));
    expect(unexpected).toEqual([]);
  });

  function visitor(person: PersonId): Promise<Visitor> {
    const present = visitors.get(person) ?? visit(demo.url, person);
    visitors.set(person, present);
    return present;
  }

  async function openContext(stored: readonly StoredItem[] = []): Promise<BrowserContext> {
    const origins = [{ origin: demo.url, localStorage: [...stored] }];
    const context = await chromium.browser.newContext({
      baseURL: demo.url,
      reducedMotion: 'reduce',
      storageState: { cookies: [], origins },
    });
    contexts.push(context);
    context.setDefaultTimeout(patiently.timeout);
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        trouble.push(`${message.text()} ${message.location().url}`);
    });
    context.on('weberror', (error) => trouble.push(error.error().message));
    context.on('request', (request) => {
      if (new URL(request.url()).origin !== demo.url) trouble.push(`asked for ${request.url()}`);
    });
    return context;
  }

  async function become(page: Page, person: PersonId): Promise<void> {
    // The session before ends, and with it what the page had asked in it.
    allowed.push(/status of 401/);
    const { name } = people[person];
    await page.getByLabel('Signed in as').selectOption({ label: name });
    await page.getByRole('heading', { name: `Accounts of ${name}` }).waitFor();
  }

  return {
    become,
    demo: () => demo,
    books: (person = 'ada') => readBooks(visitor(person)),
    allowTrouble: (pattern) => void allowed.push(pattern),

    async open(path) {
      const page = await (await openContext()).newPage();
      await page.goto(path);
      return page;
    },

    async openBank(person = 'ada') {
      const page = await (await openContext()).newPage();
      await page.goto('/');
      await page.getByRole('heading', { name: `Accounts of ${people.ada.name}` }).waitFor();
      if (person !== 'ada') await become(page, person);
      return page;
    },

    async openPhone(person = 'ada') {
      // As the bank's page tells it to a phone in the same browser.
      const context = await openContext([{ name: 'acme-bank-person', value: person }]);
      const page = await context.newPage();
      await page.goto('/phone');
      await page.getByText('Nothing to approve').waitFor();
      return page;
    },
  };
}
