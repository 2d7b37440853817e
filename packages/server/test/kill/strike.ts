import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@countersign/core/testing';
import type { KillableServer } from './killable-server.ts';
import type { Load } from './load.ts';

export interface StrikeOrder {
  readonly kills: number;
  readonly seed: number;
  readonly log?: ((line: string) => void) | undefined;
}

export interface Struck {
  /** Kills of a server that could not work yet. */
  readonly killsWhileStarting: number;
  /** From a kill until the server can work again. */
  readonly slowestReturnMs: number;
}

/** So many kills do not wait until the server is back. */
const impatient = 0.25;
/** About as long as a start takes, and a little of what comes after. */
const startMs = 1200;
const upMs = 1000;

/** kill -9 at random moments, and a new start at once. Leaves the server ready. */
export async function strike(
  server: KillableServer,
  load: Load,
  { kills, seed, log }: StrikeOrder,
): Promise<Struck> {
  const random = createRandom(seed);
  let killsWhileStarting = 0;
  let slowestReturnMs = 0;
  let killedAt: number | undefined;
  const back = async (): Promise<void> => {
    await server.ready();
    if (killedAt === undefined) return;
    slowestReturnMs = Math.max(slowestReturnMs, Math.round(performance.now() - killedAt));
  };
  for (let kill = 1; kill <= kills; kill += 1) {
    const waits = killedAt === undefined || random.next() >= impatient;
    if (waits) await back();
    await Promise.race([load.failed, sleep(random.integer(waits ? upMs : startMs))]);
    if (!waits && !(await server.isReady())) killsWhileStarting += 1;
    killedAt = performance.now();
    await server.kill();
    server.start();
    if (kill % 20 === 0) log?.(`${kill} kills, slowest return ${slowestReturnMs} ms`);
  }
  await back();
  return { killsWhileStarting, slowestReturnMs };
}
