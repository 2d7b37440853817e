/**
 * A list: awaited it is its first page, iterated it is every item, page after page as they are reached.
 *
 * @example
 * ```ts
 * const { items } = await client.authorizationRequest.list({ state: 'waiting' });
 * for await (const request of client.authorizationRequest.list({ slug: 'transfer' })) print(request.title);
 * ```
 */
export type Pages<Page, Item> = Promise<Page> & AsyncIterable<Item>;

export interface PageReader<Page, Item> {
  /** The first page without a cursor, any other with the one that `nextOf` has told. */
  fetch(cursor: string | undefined): Promise<Page>;
  itemsOf(page: Page): readonly Item[];
  /** Null after the last page; `cursor` is the one it was fetched with. */
  nextOf(page: Page, cursor: string | undefined): string | null;
}

export function createPages<Page, Item>({
  fetch,
  itemsOf,
  nextOf,
}: PageReader<Page, Item>): Pages<Page, Item> {
  const first = fetch(undefined);
  async function* items(): AsyncGenerator<Item, void, void> {
    let page = await first;
    for (let cursor = nextOf(page, undefined); ; cursor = nextOf(page, cursor)) {
      yield* itemsOf(page);
      if (cursor === null) return;
      page = await fetch(cursor);
    }
  }
  return Object.assign(first, { [Symbol.asyncIterator]: items });
}
