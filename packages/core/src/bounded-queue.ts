/**
 * From one that tells to one that asks, at most so many on the way. Nothing is ever dropped: who offers is
 * told that there is no room, and knows what to do. (`events.on()` has no bound, and costs 36 KB for each
 * that waits.)
 */
export class BoundedQueue<Item> {
  readonly #lengthMax: number;
  #items: Item[] = [];
  #isOver = false;
  #ring: (() => void) | undefined;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#lengthMax;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** False when there is no room, or nobody will ask any more. */
  offer(item: Item): boolean {
    if (this.isFull || this.#isOver) return false;
    this.#items.push(item);
    this.wake();
    return true;
  }

  /** The next one, as soon as there is one. Undefined when {@link wake} came without one, or it is over. */
  async take(): Promise<Item | undefined> {
    if (this.isEmpty && !this.#isOver) await new Promise<void>((resolve) => (this.#ring = resolve));
    return this.#items.shift();
  }

  /** Lets the one who waits look around. */
  wake(): void {
    this.#ring?.();
    this.#ring = undefined;
  }

  /** No more will come; what is here can still be taken. */
  end(): void {
    this.#isOver = true;
    this.wake();
  }

  /** Nobody wants what is here. */
  abandon(): void {
    this.#items = [];
    this.end();
  }
}
