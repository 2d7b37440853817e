import type { Proof } from '../../../scripts/proof-contract.ts';
import { faultless, type Compared } from '../test/log/compare.ts';
import { fuzzCursors } from '../test/log/fuzz-cursors.ts';
import { startOwnServer } from '../test/log/own-server.ts';
import { arrangeTwoSubjects } from '../test/log/two-subjects.ts';
import { writeAndRead } from '../test/log/write-and-read.ts';
import { claim } from '../test/race/attack/claim.ts';
import { createRandom } from '../testing/random.ts';
import { openTestCore } from '../testing/index.ts';

/**
 * Readers of the log lose nothing, invent nothing and keep the order of each request (I7), while twelve
 * writers hold transactions open and roll some back; a subject never sees another one's event (I8).
 */
export const proof: Proof = {
  name: 'log',
  async run({ short, seed, log }) {
    await using _server = await startOwnServer();
    const seconds = short ? 6 : 60;
    const written = await writeAndRead({ milliseconds: seconds * 1000, writers: 12, seed });
    for (const [name, { told, ...faults }] of Object.entries(written.readers)) {
      claim(
        told === written.events && isFaultless(faults),
        `${name}: ${JSON.stringify({ told, ...faults })}`,
      );
    }
    const { events: watchable, told: watched, ...missed } = written.watches;
    claim(watched === watchable && isFaultless(missed), `watches: ${JSON.stringify(written.watches)}`);
    for (const [name, { lost }] of Object.entries(written.naive))
      claim(lost > 0, `the naive reader of ${name} lost nothing`);
    log(`${written.events} events in ${seconds} s`);

    await using test = await openTestCore();
    const arranged = await arrangeTwoSubjects(test);
    const cursors = await fuzzCursors({
      test,
      random: createRandom(seed),
      times: short ? 5000 : 100_000,
      ...arranged,
    });
    return { seconds, writers: 12, ...written, cursors };
  },
};

function isFaultless(faults: Omit<Compared, 'told'>): boolean {
  return JSON.stringify(faults) === JSON.stringify(faultless);
}
