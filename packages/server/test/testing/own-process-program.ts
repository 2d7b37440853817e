import './without-vitest.ts';
import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { createTestCountersign, requiredAuthorization } from '../../testing/index.ts';
import { openBank, operations } from './bank.ts';

/**
 * A test of somebody who has configured nothing. It prints where its database is, waits for a line, and then: `disposed`,
 * ends by itself; `forgotten`, exits without having disposed of anything; `killed`, waits for that; `thread`, which has
 * done all this in a thread, ends that and goes on.
 */
const ending = process.argv[2];

if (parentPort) {
  parentPort.postMessage((await runTest()).told);
} else if (ending === 'thread') {
  const thread = new Worker(new URL(import.meta.url), { argv: [ending] });
  const told: unknown = await new Promise((resolve) => thread.once('message', resolve));
  process.stdout.write(String(told));
  await once(process.stdin, 'data');
  await thread.terminate();
} else {
  const { test, told } = await runTest();
  if (ending === 'disposed') await test[Symbol.asyncDispose]();
  process.stdout.write(told);
  await once(process.stdin, 'data');
  if (ending === 'disposed') process.stdin.destroy();
  if (ending === 'forgotten') process.exit(1);
}

async function runTest() {
  const test = await createTestCountersign({ operations, app: openBank });
  const ada = test.subject('ada');
  await ada.enrolPasskey();
  const { bank } = test.caller(ada);
  const data = { to: 'GB29', amountCents: 1 };
  const { binding } = await ada.approve(await requiredAuthorization(bank.transfer(data)), { by: 'passkey' });
  const answer = await bank.transfer(data);
  return { test, told: `${JSON.stringify({ database: test.database, binding, answer })}\n` };
}
