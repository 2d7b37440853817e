import type { Page } from 'playwright-core';

/** All that a page is told from here on: answers and the messages of its sockets, in the order of their coming. */
export interface Received {
  texts(): Promise<readonly string[]>;
}

/** Files that were built before are left out. A socket is heard from its opening on, so the page is loaded anew. */
export async function recordReceived(page: Page): Promise<Received> {
  const texts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (['script', 'stylesheet', 'image'].includes(response.request().resourceType())) return;
    texts.push(response.text().catch(() => ''));
  });
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => texts.push(Promise.resolve(payload.toString()))),
  );
  await page.reload();
  return { texts: async () => await Promise.all(texts) };
}

/** Whether these digits are there by themselves, or spelt; as a part of a number, a time or a key they are chance. */
export function tellsDigits(text: string, digits: string): boolean {
  return [digits, Array.from(digits).join(' ')].some((form) =>
    new RegExp(`(?<![\\w-])${form}(?![\\w-])`).test(text),
  );
}
