import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { CommitCut } from '../line.ts';

const ways: readonly CommitCut[] = ['before', 'after', 'answered'];
const waitMs = 2000;

/** The connection ends over which a commit goes: whether it happened, only its idempotency key can tell. */
export const resetAtCommit: Fault = {
  name: 'reset at COMMIT',
  times: { short: 9, long: 600 },
  async strike({ cluster, random, served }) {
    const node = random.pick(cluster.nodes);
    const since = performance.now();
    const cut = node.database.cutCommit(random.pick(ways)).then(() => true);
    if (!(await Promise.race([cut, sleep(waitMs, false)]))) throw new Error(`${node.name} commits nothing`);
    await served([node], since);
  },
};
