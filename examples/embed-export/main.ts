/**
 * A bank lets an export service fetch one report for a customer, and nothing else, for twelve hours.
 *
 *   node --conditions=@countersign/source examples/embed-export/main.ts
 *
 * Each step is checked before it is printed; the first that is not as expected ends the program with 1.
 */
import assert from 'node:assert/strict';
import { attenuateScopedToken } from '@countersign/core/scoped-token';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { openBank } from './host/bank.ts';
import { ask } from './job/ask.ts';

// A clock that this program can put forward; a bank takes the one of the machine.
let secondsForward = 0;
const clock = { now: () => new Date(Date.now() + secondsForward * 1000) };

await using postgres = await startTemporaryPostgres();
await using bank = await openBank({
  database: postgres.url(),
  secret: randomBytes(32).toString('base64'),
  clock,
});
const service = bank.cs.createCaller({ kind: 'service' });

const { token: issued, id } = await service.scopedToken.issue({
  subjectId: 'ada',
  scope: { http: { GET: ['/reports/annual'] } },
  recipient: 'export-service',
  maxAgeSeconds: 12 * 60 * 60,
});
assert(issued !== null);
const token = issued;
console.log('1. The bank gave the export service a token: GET /reports/annual, for Ada, for 12 hours.');

const report = await ask(bank.url, token, 'GET /reports/annual');
assert.deepEqual(report, { status: 200, text: 'Annual report: 1,204 transfers' });
const visit = bank.visits.at(-1);
assert.equal(visit?.subjectId, 'ada');
assert.equal(visit.recipient, 'export-service');
assert(!visit.text.includes(token.slice(0, 20)));
console.log(`2. The job read “${report.text}”. The bank’s route saw Ada and export-service, and no token.`);

console.log('3. It can do nothing else:');
for (const line of [
  'GET /reports/payroll',
  'GET /reports/annually',
  'GET /reports/annual/',
  'GET /reports/annual/../payroll',
  'GET /reports/payroll/%2e%2e/annual',
  'GET /reports/annual%2f..%2fpayroll',
  'DELETE /reports/annual',
  'GET /accounts',
  'GET /trpc/scopedToken.list',
]) {
  const { status } = await ask(bank.url, token, line);
  assert(status === 403 || status === 404);
  console.log(`   ${status}  ${line}`);
}

// No key is needed for this, and nobody is asked: a block is appended, and the signature goes on from it.
const inFiveMinutes = Math.floor(clock.now().getTime() / 1000) + 5 * 60;
const forWorker = (name: string): string =>
  attenuateScopedToken(token, { exp: inFiveMinutes, rcp: `export-${name}`, cid: name });
const worker = forWorker('worker-7');
console.log('4. The job narrowed it by itself, for worker-7, to 5 minutes.');

assert.equal((await ask(bank.url, worker, 'GET /reports/annual')).status, 200);
assert.equal(bank.visits.at(-1)?.recipient, 'export-worker-7');
console.log('5. The worker read the report. The bank’s route saw export-worker-7.');

console.log('6. The worker cannot widen it again:');
const everything = attenuateScopedToken(worker, { scp: { http: { GET: ['/reports/**'] } } });
const [authority = '', ...blocks] = worker.split('~');
const blockCutOff = `${authority}${blocks.at(-1)?.slice(blocks.at(-1)?.lastIndexOf('.'))}`;
const [withMore, cutOff] = [
  await ask(bank.url, everything, 'GET /reports/payroll'),
  await ask(bank.url, blockCutOff, 'GET /reports/annual'),
];
assert.deepEqual([withMore.status, cutOff.status], [403, 401]);
console.log(`   ${withMore.status}  a block that says all reports`);
console.log(`   ${cutOff.status}  the block cut off`);

const other = forWorker('worker-8');
await service.scopedToken.revoke({ id, delegateId: 'worker-8' });
assert.equal((await ask(bank.url, other, 'GET /reports/annual')).status, 401);
assert.equal((await ask(bank.url, worker, 'GET /reports/annual')).status, 200);
console.log('7. The bank cut off worker-8 alone: 401. Worker-7 still reads.');

secondsForward += 6 * 60;
const longer = attenuateScopedToken(worker, { exp: inFiveMinutes + 60 * 60 });
assert.equal((await ask(bank.url, worker, 'GET /reports/annual')).status, 401);
assert.equal((await ask(bank.url, longer, 'GET /reports/annual')).status, 401);
assert.equal((await ask(bank.url, token, 'GET /reports/annual')).status, 200);
console.log('8. Six minutes later the worker’s token has ended: 401. The job still reads.');

await service.scopedToken.revoke({ id });
assert.equal((await ask(bank.url, token, 'GET /reports/annual')).status, 401);
console.log('9. The bank revoked the rest: 401 for the job as well.');
