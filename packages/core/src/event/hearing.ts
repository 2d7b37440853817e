/** How this process hears of commits elsewhere, beside its polls, as of now. Null: it does not try. */
export interface Hearing {
  /** Whether what other nodes notify arrives here (LISTEN). */
  readonly isWokenUp: boolean | null;
  /** Whether the bus can be heard. */
  readonly isFedByBus: boolean | null;
}
