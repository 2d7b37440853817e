import type { Random } from '@countersign/core/testing';
import { persistentCaller } from '../kill/persistent-caller.ts';
import type { Cluster } from './cluster.ts';
import { openFollower, type Follower } from './follower.ts';
import { openLine, type Line } from './line.ts';
import { followed } from './subjects.ts';

/** Streams of the service and of some subjects, over one balancer: a stream that was cut goes on at any node. */
export interface Followers extends AsyncDisposable {
  readonly all: readonly Follower[];
  /** The service's, which is told everything. */
  readonly service: Follower;
  readonly balancer: Line;
}

export async function openFollowers(cluster: Cluster, random: Random): Promise<Followers> {
  await using opening = new AsyncDisposableStack();
  const balancer = opening.use(
    await openLine({
      target: () => {
        const up = cluster.nodes.filter(({ isUp }) => isUp);
        const { host, port } = random.pick(up.length > 0 ? up : cluster.nodes);
        return { host, port };
      },
    }),
  );
  const url = `http://127.0.0.1:${balancer.port}`;
  const open = (options: { name: string; token: string; subjectId: string | null }) =>
    opening.use(openFollower({ ...options, url }));
  const service = open({ name: 'the service', token: cluster.serviceKey, subjectId: null });
  const all = [service];
  const { serviceKey } = cluster;
  const caller = persistentCaller({ url: () => cluster.nodes[0]!.url, serviceKey });
  for (const subjectId of followed) {
    const input = { subjectId, preset: 'subject', idempotencyKey: `token-${subjectId}` };
    const issued = await caller.mutate<{ token: string }>('scopedToken.issue', input);
    if (!issued.ok) throw new Error(`no token: ${JSON.stringify(issued.refusal)}`);
    all.push(open({ name: subjectId, token: issued.result.token, subjectId }));
  }
  const opened = opening.move();
  return { all, service, balancer, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
