import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { createRandom } from '../../testing/index.ts';
import { createTransfer } from '../fixtures.ts';
import { compare, openLedger, until } from './ledger.ts';
import type { NodeOrder } from './node-program.ts';

const kills = 4;
const perRound = 20;

async function untilNothingIsAdded(entries: () => Promise<number>): Promise<void> {
  for (let before = -1, now = 0; before !== now; before = now, now = await entries())
    await new Promise((resolve) => setTimeout(resolve, 1500));
}

/** Two nodes under load; one after the other is killed somewhere and started again. */
async function underKills(kind: NodeOrder['kind']) {
  await using test = await openLedger();
  const { sql } = test.database;
  await sql.query(
    `CREATE TABLE public.naive_place (place json); INSERT INTO public.naive_place VALUES ('{"epoch":0,"txid":"0","sequence":0,"id":"00000000-0000-0000-0000-000000000000"}')`,
  );
  const random = createRandom(7);
  const nodes = new Set<ChildProcess>();
  async function startNode(): Promise<ChildProcess> {
    const order: NodeOrder = { url: test.database.url, secret: test.secret, kind };
    const node = fork(new URL('node-program.ts', import.meta.url), [JSON.stringify(order)], {
      execArgv: ['--conditions=@countersign/source'],
    });
    nodes.add(node);
    await once(node, 'message');
    return node;
  }
  async function kill(node: ChildProcess): Promise<void> {
    nodes.delete(node);
    const gone = once(node, 'exit');
    node.kill('SIGKILL');
    await gone;
  }

  let made = 0;
  const make = async () =>
    await Promise.all(
      Array.from({ length: perRound }, () => createTransfer(test, { subjectId: `s${(made += 1)}` })),
    );
  const entries = async () => (await compare(test)).ledger.length;
  // Those that keep their place carelessly are no match for a second node as it is.
  for (let n = 0; n < (kind === 'durable' ? 2 : 1); n += 1) await startNode();
  for (let n = 0; n < kills; n += 1) {
    const before = await entries();
    await make();
    await until(async () => (await entries()) > before);
    await random.pause(20);
    await kill(random.pick([...nodes]));
    await startNode();
  }
  await untilNothingIsAdded(entries);
  await Promise.all(Array.from(nodes, kill));
  const { ledger, log } = await compare(test);
  const entered = new Set(ledger);
  return {
    events: log.length,
    isTheLog: ledger.length === log.length && ledger.every((id, n) => id === log[n]),
    repeated: ledger.length - entered.size,
    lost: log.filter((id) => !entered.has(id)).length,
  };
}

it('takes effect once, in order, for every event, however often its nodes are killed', async () => {
  const found = await underKills('durable');
  expect(found).toMatchObject({ isTheLog: true, repeated: 0, lost: 0 });
  expect(found.events).toBe(2 * kills * perRound);
}, 60_000);

/** On a busy machine a kill may come when a round is over, several times in a row. */
async function isHarmed(kind: NodeOrder['kind'], harm: 'repeated' | 'lost'): Promise<boolean> {
  for (let turn = 0; turn < 5; turn += 1) if ((await underKills(kind))[harm] > 0) return true;
  return false;
}

it('a subscriber that notes its place after its effects repeats them under the same kills', async () => {
  expect(await isHarmed('noted afterwards', 'repeated')).toBe(true);
}, 120_000);

it('a subscriber that notes its place before them loses them under the same kills', async () => {
  expect(await isHarmed('noted before', 'lost')).toBe(true);
}, 120_000);
