import { setTimeout as sleep } from 'node:timers/promises';
import { openCrowd, type Crowd } from '../crowd.ts';
import type { Fault } from '../fault.ts';
import { followed } from '../subjects.ts';

const sizes = { short: 200, long: 1000 };
const subjectId = followed[0]!;
/** What all of them have missed, once they are connected again. */
const toldWithinMs = 10_000;
/** Events that each has to be told before it hears of new ones. */
const missed = 50;

/** All streams of one node lose their connection and come back at once, at another one, each where it had been. */
export const reconnectAtOnce: Fault = {
  name: 'a thousand streams reconnecting at once',
  times: { short: 1, long: 5 },
  async strike({ cluster, followers, random, short, served }) {
    const size = short ? sizes.short : sizes.long;
    const node = random.pick(cluster.nodes);
    const told = followers.all.find(({ name }) => name === subjectId)?.told ?? [];
    const after = told[Math.max(0, told.length - missed)]?.id;
    const { serviceKey } = cluster;
    const crowd = await openCrowd({ size, subjectId, serviceKey, node, after });
    try {
      const other = random.pick(cluster.nodes.filter((one) => one !== node));
      const since = performance.now();
      await crowd.reconnect(other);
      const connectedAt = performance.now();
      await served(cluster.nodes, since);
      while (lookAt(crowd).behind > 0 && performance.now() - connectedAt < toldWithinMs) await sleep(100);
      const { wrong, behind } = lookAt(crowd);
      if (wrong + behind > 0)
        throw new Error(`${wrong} of ${size} streams were told wrongly, ${behind} not all`);
    } finally {
      crowd.close();
    }
  },
};

/** Events of one subject within the moment that it takes to tell a thousand streams. */
const behindMax = 16;

/** They all read the same: who was told less than another is behind by what has just happened, and no more. */
function lookAt({ told }: Crowd): { readonly wrong: number; readonly behind: number } {
  const longest = told.reduce((most, ids) => (ids.length > most.length ? ids : most), []);
  const wrong = told.filter((ids) => ids.some((id, place) => id !== longest[place]));
  const behind = told.filter((ids) => ids.length === 0 || ids.length < longest.length - behindMax);
  return { wrong: wrong.length, behind: behind.length };
}
