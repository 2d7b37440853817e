/**
 * A bank sends money once its customer has authorized exactly that, through the client.
 *
 *   COUNTERSIGN_SERVICE_KEY=csk_… node --conditions=@countersign/source examples/quickstart/main.ts
 *
 * It waits for answer.ts, another program. Each step is checked before it is printed; the first that is not as
 * expected ends the program with 1.
 */
import assert from 'node:assert/strict';
import { createCountersignClient } from '@countersign/client';
import { keepSession } from './session.ts';

const server = process.argv[2] ?? 'http://localhost:4020';
const client = createCountersignClient({
  url: `${server}/trpc`,
  token: () => process.env.COUNTERSIGN_SERVICE_KEY,
});

// Somebody new each time: one address gets at most ten messages in ten minutes.
const ada = `ada-${Date.now()}`;

// Ada has signed in: her browser gets a token that may do what a customer may do, for ten minutes.
const { token } = await client.scopedToken.issue({ subjectId: ada, preset: 'subject', maxAgeSeconds: 600 });
assert.ok(token);
await keepSession({ subjectId: ada, token });

// The exact values that Ada is asked about. The grant will be good for these and for nothing else.
const transfer = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

const request = await client.authorizationRequest.create({
  slug: 'transfer',
  subjectId: ada,
  data: transfer,
  // What she will read comes from the bank's server, never from a browser.
  title: 'Transfer money',
  facts: [
    { label: 'To', value: transfer.to },
    { label: 'Amount', value: '€ 2,500.00' },
  ],
  deliverTo: { channel: 'email', address: `${ada}@example.org` },
});
assert.equal(request.state, 'waiting');
console.log('1. Asked Ada to authorize € 2,500.00 to GB29 NWBK 6016 1331 9268 19: waiting.');

// Over a WebSocket, for as long as it takes. A denial or an expiry would be thrown.
const { state, attemptsLeft } = await request.granted();
assert.equal(state, 'granted');
console.log(`2. Ada has granted it, with ${5 - attemptsLeft} of 5 attempts.`);

// The bank executes the transfer if, and only if, the grant can be consumed for exactly what is executed.
const use = { id: request.id, slug: 'transfer', subjectId: ada, data: transfer };
const { consume } = client.authorizationRequest;

const otherAmount = { ...use, data: { ...transfer, amountCents: 990_000 } };
await assert.rejects(consume(otherAmount), { reason: 'data_mismatch' });
console.log('3. Tried to send € 9,900.00 instead: refused, data_mismatch.');

const otherPerson = { ...use, subjectId: 'mallory' };
await assert.rejects(consume(otherPerson), { reason: 'not_found' });
console.log('4. Tried to use it for Mallory: refused, not_found.');

const { consumed } = await consume(use);
assert.equal(consumed, true);
console.log('5. Sent what Ada authorized: consumed.');

await assert.rejects(consume(use), { reason: 'already_consumed' });
console.log('6. Tried to send it again: refused, already_consumed.');

console.log('7. The log of this request, in order:');
for await (const { sequence, type } of client.event.stream({ requestId: request.id, from: 'start' })) {
  console.log(`   ${sequence}  ${type}`);
  if (type === 'authorization_request.consumed') break;
}
await client.close();
