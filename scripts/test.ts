/**
 * `npm test`: everything that Node and npm suffice for. With arguments it runs only the tests they name:
 * `npm test -- packages/core/test/challenge`. `--seed N` repeats an order.
 */
import { runStaticChecks } from './static-checks.ts';
import { addTallies, close, emptyTally } from './tally.ts';
import { runVitest } from './vitest-run.ts';

const filters = process.argv.slice(2);
const seedAt = filters.indexOf('--seed');
const [, seed] = seedAt < 0 ? [] : filters.splice(seedAt, 2);
const checks = filters.length > 0 ? emptyTally : await runStaticChecks();
close(addTallies([checks, await runVitest(filters, seed === undefined ? undefined : Number(seed))]));
