import { createRandom } from '@countersign/core/testing';
import { readLog } from '../../../client/test/streams/read-log.ts';
import { faultless, type LoggedEvent } from '../../../client/test/streams/compare.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { findLost, findMistold, findSurplus, type FoundRequest } from '../kill/compare.ts';
import type { Story } from '../kill/cycle.ts';
import { startLoad } from '../kill/load.ts';
import { persistentCaller } from '../kill/persistent-caller.ts';
import { countTables } from '../kill/tables.ts';
import { code, limits, startCluster, type Cluster } from './cluster.ts';
import type { Fault, Scene } from './fault.ts';
import type { Follower } from './follower.ts';
import { openFollowers } from './followers.ts';
import { probe } from './probe.ts';
import { judgeSent } from './sent.ts';
import { subjectOf } from './subjects.ts';

export interface FaultOrder {
  readonly faults: readonly Fault[];
  readonly nodes: number;
  readonly clients: number;
  readonly short: boolean;
  readonly seed: number;
  /** Where PostgreSQL keeps its data, if not beside the rest. */
  readonly data?: string;
  /** Of the nodes. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: ((line: string) => void) | undefined;
}

export interface FaultReport {
  /** By name: how often, and from the fault until the last node served again. */
  readonly faults: Readonly<Record<string, { readonly times: number; readonly slowestReturnMs: number }>>;
  readonly nodes: number;
  readonly clients: number;
  readonly cyclesConsumed: number;
  readonly cyclesOutOfAttempts: number;
  readonly callsSettled: number;
  readonly unknownOutcomesSettled: number;
  readonly foundByKey: number;
  readonly slowestCallMs: number;
  readonly events: number;
  /** By follower. */
  readonly told: Readonly<Record<string, number>>;
  /** Events that an endpoint of webhooks was to be sent, and how many of its webhooks came again. */
  readonly webhooks: { readonly events: number; readonly repeated: number };
  readonly hasNamespace: boolean;
  readonly exitCodes: readonly (number | string)[];
  readonly violations: readonly string[];
}

const pauseMs = 300;
/** Of a client between two authorizations: the load is to be there, not to be all that there is. */
const thinkMs = 150;
const lateMs = 10_000;
/** Of a connection that says nothing a node hears a second later. */
const statementMsShort = 1500;

/**
 * Faults, one after the other, in a cluster under load: clients go through whole authorizations at any node and repeat
 * what they do not know, streams are read at any node, and any node sends webhooks. Afterwards everything acknowledged is
 * looked for, and what each reader was told is laid beside the log.
 */
export async function runFaults(order: FaultOrder): Promise<FaultReport> {
  const { faults, nodes, clients, short, seed, data, environment, log } = order;
  const random = createRandom(seed);
  await using cluster = await startCluster({
    nodes,
    ...(data !== undefined && { data }),
    ...(environment !== undefined && { environment }),
    statementMs: short ? statementMsShort : undefined,
  });
  await using followers = await openFollowers(cluster, random);
  const { serviceKey } = cluster;
  const anywhere = persistentCaller({
    url: () => random.pick(cluster.nodes).url,
    serviceKey,
    patienceMs: 2000,
  });
  const load = startLoad({ ...anywhere, codeFor: async () => code }, clients, {
    personOf: subjectOf,
    pauseMs: short ? 2 * thinkMs : thinkMs,
  });
  const ended = Promise.race([load.failed, ...followers.all.map(({ failed }) => failed)]);
  ended.catch(() => undefined); // told by whoever races with it

  const probed: Story[] = [];
  const struck: Record<string, { times: number; slowestReturnMs: number }> = {};
  for (const fault of faults) {
    const tally = { times: short ? fault.times.short : fault.times.long, slowestReturnMs: 0 };
    if (tally.times === 0) continue;
    const served: Scene['served'] = async (nodesThen, since) => {
      await Promise.all(
        nodesThen.map(async (node) => {
          probed.push(await Promise.race([probe(node, serviceKey), node.failed()]));
          tally.slowestReturnMs = Math.max(tally.slowestReturnMs, Math.round(performance.now() - since));
        }),
      );
    };
    for (let time = 0; time < tally.times; time += 1) {
      await Promise.race([ended, random.pause(pauseMs)]);
      await Promise.race([ended, fault.strike({ cluster, followers, random, short, served })]);
    }
    struck[fault.name] = tally;
    log?.(`${fault.name}: ${tally.times} times, slowest return ${tally.slowestReturnMs} ms`);
  }

  const stories = [...(await load.finish()), ...probed];
  const found: FoundRequest[] = [];
  for (const { id } of stories) found.push(await anywhere.query('authorizationRequest.get', { id }));
  const truth = await finalLog(cluster);
  const mistold = await untilTold(followers.all, truth);
  const sent = await judgeSent(cluster);
  const tables = await countTables(cluster.postgres.sql, limits);
  const exitCodes = await Promise.all(cluster.nodes.map((node) => node.end('SIGTERM')));
  const { settled, unknownSettled, slowestMs } = anywhere.tally;
  const count = (what: (story: Story) => number) => stories.reduce((sum, story) => sum + what(story), 0);
  return {
    faults: struck,
    nodes,
    clients,
    cyclesConsumed: count(({ ending }) => Number(ending === 'consumed')),
    cyclesOutOfAttempts: count(({ ending }) => Number(ending === 'attempts lost')),
    callsSettled: settled,
    unknownOutcomesSettled: unknownSettled,
    foundByKey: count(({ foundByKey }) => foundByKey),
    slowestCallMs: slowestMs,
    events: truth.length,
    told: Object.fromEntries(followers.all.map(({ name, told }) => [name, told.length])),
    webhooks: { events: sent.events, repeated: sent.repeated },
    hasNamespace: cluster.nodes.some(({ namespace }) => namespace !== null),
    exitCodes,
    violations: [
      ...findLost(stories, found),
      ...findMistold(stories, followers.service.told),
      ...mistold,
      ...sent.violations,
      // The load's own probes and calls have keys; the tokens of the followers have one each.
      ...findSurplus(stories, { ...tables, keys: tables.keys - (followers.all.length - 1) }),
      ...tables.violations,
    ],
  };
}

async function finalLog({ postgres }: Cluster): Promise<LoggedEvent[]> {
  return (await readLog(postgres.sql)).filter(({ subjectId }) => subjectId !== null);
}

/** What does not come within ten seconds (I17) is lost; what comes too often comes at once. */
async function untilTold(followers: readonly Follower[], truth: readonly LoggedEvent[]): Promise<string[]> {
  const isWhole = (follower: Follower) => follower.judge(truth).lost === 0;
  for (let waited = 0; waited < lateMs && !followers.every(isWhole); waited += 50) await sleep(50);
  await sleep(200);
  return followers.flatMap((follower) => {
    const faults = follower.judge(truth);
    return JSON.stringify(faults) === JSON.stringify(faultless)
      ? []
      : [`${follower.name} was told wrongly: ${JSON.stringify(faults)}`];
  });
}
