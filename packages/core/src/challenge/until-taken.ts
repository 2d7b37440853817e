import { CountersignError } from '../error.ts';

/**
 * Runs a conditional statement until it takes its row or the refusal is known. Between the two a parallel
 * call may have changed what it is about either way; after five such turns the caller is told to try again.
 *
 * @param explain throws the refusal; returns when nothing speaks against it any more.
 */
export async function untilTaken<Row>(
  run: (turn: number) => Promise<Row | undefined>,
  explain: () => Promise<void>,
): Promise<Row> {
  for (let turn = 0; turn < 5; turn += 1) {
    const row = await run(turn);
    if (row !== undefined) return row;
    await explain();
  }
  throw new CountersignError('unavailable_dependency');
}
