import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@countersign/core/testing';
import type { Proof } from '../../../scripts/proof-contract.ts';
import { createTransfer } from '../../core/test/fixtures.ts';
import { startOwnServer } from '../../core/test/log/own-server.ts';
import { compare, openLedger, untilAllEntered } from '../../core/test/subscriber/ledger.ts';
import type { NodeOrder } from '../../core/test/subscriber/node-program.ts';

/** Longer than PostgreSQL lets a transaction idle. */
const frozenMs = 7000;
const frozenMsShort = 400;
const writeMs = 15;
const takeOverMsMax = 10_000;

/**
 * Three nodes of a durable subscriber, one of them active. All but one stand still (SIGSTOP), the active one mostly in the
 * middle of a batch; the last one takes over, and they go on as if nothing had been: what they do then has no effect. Every event has its
 * effect once and in order.
 */
export const proof: Proof = {
  name: 'leader',
  async run({ short, seed, log }) {
    await using _server = await startOwnServer();
    await using test = await openLedger();
    const random = createRandom(seed);
    const order: NodeOrder = { url: test.database.url, secret: test.secret, kind: 'durable' };
    const running: ChildProcess[] = [];
    let isWriting = true;
    const freezes = short ? 2 : 20;
    const nodes = short ? 2 : 3;
    let slowestTakeOverMs = 0;
    try {
      for (let node = 0; node < nodes; node += 1) running.push(startNode(order));
      await Promise.all(running.map((node) => once(node, 'message')));
      const writing = (async () => {
        for (let turn = 0; isWriting; turn += 1) {
          await createTransfer(test, { subjectId: `s${turn}` });
          await sleep(writeMs);
        }
      })();
      const entries = async () => (await compare(test)).ledger.length;
      for (let freeze = 1; freeze <= freezes; freeze += 1) {
        await sleep(random.integer(300));
        let tookOverMs: number | undefined;
        const spared = random.pick(running);
        const frozen = running.filter((node) => node !== spared);
        for (const node of frozen) node.kill('SIGSTOP');
        const since = performance.now();
        const before = await entries();
        try {
          // So long that all of their transactions are ended; in the short form they go on with them.
          if (short) await sleep(frozenMsShort);
          else
            while ((await entries()) === before || performance.now() - since < frozenMs) {
              if (performance.now() - since > takeOverMsMax) throw new Error('nobody took over');
              await sleep(20);
              if ((await entries()) > before) tookOverMs ??= Math.round(performance.now() - since);
            }
        } finally {
          for (const node of frozen) node.kill('SIGCONT');
        }
        slowestTakeOverMs = Math.max(slowestTakeOverMs, tookOverMs ?? 0);
        if (freeze % 5 === 0) log(`${freeze} freezes`);
      }
      isWriting = false;
      await writing;
      await untilAllEntered(test);
      const { ledger, log: truth } = await compare(test);
      if (ledger.length !== truth.length || ledger.some((id, place) => id !== truth[place]))
        throw new Error(`${ledger.length} effects of ${truth.length} events, or out of order`);
      return {
        nodes,
        freezes,
        frozenMs: short ? frozenMsShort : frozenMs,
        slowestTakeOverMs: short ? null : slowestTakeOverMs,
        events: truth.length,
      };
    } finally {
      isWriting = false;
      for (const node of running) node.kill('SIGKILL');
    }
  },
};

function startNode(order: NodeOrder): ChildProcess {
  const program = new URL('../../core/test/subscriber/node-program.ts', import.meta.url);
  return fork(program, [JSON.stringify(order)], { execArgv: ['--conditions=@countersign/source'] });
}
