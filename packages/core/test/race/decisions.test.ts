import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { raceDecisions } from './attack/decide.ts';

let test: TestCore;
beforeAll(async () => {
  test = await openTestCore();
});
afterAll(() => test[Symbol.asyncDispose]());

it('lets one of grant, deny, cancel, reset and expiry win, with one final event, in 200 rounds', async () => {
  const winners = await raceDecisions(test, { rounds: 200, seed: 0x5eed });
  // Not a race when the same one always wins.
  for (const winner of ['granted', 'denied', 'cancelled', 'expired', 'waiting']) {
    expect(winners[winner], `${winner} never: ${JSON.stringify(winners)}`).toBeGreaterThan(0);
  }
}, 60_000);
