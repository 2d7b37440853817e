import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from '../fault.ts';
import type { LineState } from '../line.ts';

/** Everything that is sent arrives byte by byte. */
export const slices: Fault = {
  name: '1-byte slices',
  times: { short: 1, long: 5 },
  strike: (scene) => through(scene, 'sliced'),
};

/** Everything that is sent arrives later, both ways. */
export const delays: Fault = {
  name: 'slow lines',
  times: { short: 0, long: 5 },
  strike: (scene) => through(scene, 'slow'),
};

/** One node's lines; it serves meanwhile. */
async function through({ cluster, followers, random, short, served }: Scene, state: LineState) {
  const node = random.pick(cluster.nodes);
  const lines = [node.line, node.database, followers.balancer];
  const since = performance.now();
  for (const line of lines) line.become(state);
  try {
    await Promise.all([served([node], since), sleep(short ? 300 : 3000)]);
  } finally {
    for (const line of lines) line.become('open');
  }
}
