import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { Nodes } from '../scoped-token/stored/two-nodes.ts';
import type { NodeOrder, NodeReport } from './node-program.ts';
import { create, openToldNodes } from './told-nodes.ts';

const patience = { timeout: 30_000 };

interface OtherProcess extends AsyncDisposable {
  /** `<request> <sequence>`, in the order in which they came. */
  readonly told: readonly string[];
  listens(): boolean;
}

/** Node reads the sources as they are. */
function startProcess({ database, secret }: Nodes): OtherProcess {
  const order: NodeOrder = { databaseUrl: database.url, secret };
  const child: ChildProcess = fork(new URL('node-program.ts', import.meta.url), [JSON.stringify(order)], {
    execArgv: ['--conditions=@countersign/source'],
  });
  const told: string[] = [];
  let isListening = false;
  child.on('message', (report: NodeReport) => {
    if ('listens' in report) isListening = true;
    else told.push(`${report.id} ${report.sequence}`);
  });
  return {
    told,
    listens: () => isListening,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

it(
  'what one process commits reaches others in order, each event once, though none of them polls',
  { timeout: 90_000 },
  async () => {
    await using nodes = await openToldNodes();
    const here = await nodes.open();
    await using first = startProcess(nodes);
    await using second = startProcess(nodes);
    const others = [first, second];
    await expect.poll(() => others.every((one) => one.listens()), patience).toBe(true);
    await expect
      .poll(() => nodes.log.some((line) => line.startsWith('another node is there')), patience)
      .toBe(true);
    const expected: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      const { id } = await create(here, `s${n}`);
      expected.push(`${id} 1`, `${id} 2`);
      if (n === 20)
        await nodes.database.sql.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign listen'",
        );
    }
    for (const { told } of others) {
      await expect.poll(() => told.length, patience).toBe(expected.length);
      expect(told).toEqual(expected);
    }
  },
);
