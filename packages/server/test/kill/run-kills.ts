import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { findLost, findMistold, findSurplus, type FoundRequest } from './compare.ts';
import type { AcknowledgedCall, Story } from './cycle.ts';
import { killableServer } from './killable-server.ts';
import { startLoad } from './load.ts';
import { followLog } from './log-follower.ts';
import { persistentCaller, type PersistentCaller } from './persistent-caller.ts';
import { strike, type Struck, type StrikeOrder } from './strike.ts';
import { readTables } from './tables.ts';

export interface KillOrder extends StrikeOrder {
  /** How many call at the same time. */
  readonly clients: number;
}

export interface KillReport extends Struck {
  readonly kills: number;
  readonly clients: number;
  readonly cyclesConsumed: number;
  /** Called off, because the code had died with the server's memory. */
  readonly cyclesWithoutCode: number;
  /** Called off, because kills had cost all attempts. */
  readonly cyclesOutOfAttempts: number;
  readonly callsSettled: number;
  readonly unknownOutcomesSettled: number;
  /** Those of them that had happened at an earlier attempt, whose answer was lost. */
  readonly foundByKey: number;
  readonly slowestCallMs: number;
  readonly eventsFollowed: number;
  /** With the keys of then, when all was quiet. */
  readonly callsRepeated: number;
  /** Of the last server, told to stop by SIGTERM. */
  readonly exitCode: number | string;
  /** Everything that is not as promised, in sentences. */
  readonly violations: readonly string[];
}

const storiesRepeatedMax = 100;

/**
 * kill -9 of the server on one data directory, again and again, while clients go through whole authorizations
 * and a reader follows the log. Afterwards everything acknowledged is looked for: through the server, in the
 * log that was read meanwhile, by the keys of the calls, and in the tables.
 */
export async function runKills({ clients, ...order }: KillOrder): Promise<KillReport> {
  await using folder = await temporaryDirectory();
  const directory = join(folder.path, 'db');
  await using server = await killableServer(folder.path, directory);
  server.start();
  await server.ready();

  const caller = persistentCaller({ url: () => server.url, serviceKey: server.serviceKey });
  const load = startLoad(caller, clients);
  const follower = followLog(caller);
  const struck = await strike(server, load, order);
  const stories = await load.finish();
  const { settled, unknownSettled, slowestMs } = caller.tally;

  const found: FoundRequest[] = [];
  for (const { id } of stories) found.push(await caller.query('authorizationRequest.get', { id }));
  const read = await follower.finish(sum(stories, ({ events }) => events.length));
  const calls = stories.slice(-storiesRepeatedMax).flatMap((story) => story.calls);
  const changed = await repeat(caller, calls);
  const exitCode = await server.stop();
  const tables = await readTables(directory);

  const ended = (ending: Story['ending']) => sum(stories, (story) => Number(story.ending === ending));
  return {
    kills: order.kills,
    ...struck,
    clients,
    cyclesConsumed: ended('consumed'),
    cyclesWithoutCode: ended('code lost'),
    cyclesOutOfAttempts: ended('attempts lost'),
    callsSettled: settled,
    unknownOutcomesSettled: unknownSettled,
    foundByKey: sum(stories, ({ foundByKey }) => foundByKey),
    slowestCallMs: slowestMs,
    eventsFollowed: read.length,
    callsRepeated: calls.length,
    exitCode,
    violations: [
      ...findLost(stories, found),
      ...findMistold(stories, read),
      ...changed,
      ...findSurplus(stories, tables),
      ...tables.violations,
      ...(tables.postgresWasLeft ? ['a PostgreSQL was left running'] : []),
    ],
  };
}

/** The same keys once more: the answers must be those of then. */
async function repeat(caller: PersistentCaller, calls: readonly AcknowledgedCall[]): Promise<string[]> {
  const changed: string[] = [];
  for (const { path, input, result } of calls) {
    const again = await caller.mutate(path, input);
    if (again.ok && isDeepStrictEqual(again.result, result)) continue;
    changed.push(`${path} with the key ${input.idempotencyKey} answers otherwise than before`);
  }
  return changed;
}

function sum(stories: readonly Story[], count: (story: Story) => number): number {
  return stories.reduce((total, story) => total + count(story), 0);
}
