/** `npm run check`: what can be said without running the product. */
import { runStaticChecks } from './static-checks.ts';
import { addTallies, close } from './tally.ts';
import { runVitest } from './vitest-run.ts';

close(addTallies([await runStaticChecks(), await runVitest(['--project', 'scripts'])]));
