/**
 * The same story as main.ts and answer.ts in one program, over plain HTTP: without any package.
 *
 *   COUNTERSIGN_SERVICE_KEY=csk_… node examples/quickstart/plain-http.ts http://localhost:4020
 *
 * Each step is checked before it is printed; the first that is not as expected ends the program with 1.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, server } from './call.ts';

// Somebody new each time: one address gets at most ten messages in ten minutes.
const ada = `ada-${Date.now()}`;
const address = `${ada}@example.org`;

// The exact values that Ada is asked about. The grant will be good for these and for nothing else.
const transfer = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

// Ada has signed in: her browser gets a token that may do what a customer may do, for ten minutes.
const session = { subjectId: ada, preset: 'subject', maxAgeSeconds: 600 };
const { token } = await call('scopedToken.issue', session);

const { id, state } = await call('authorizationRequest.create', {
  slug: 'transfer',
  subjectId: ada,
  data: transfer,
  // What she will read comes from the bank's server, never from a browser.
  title: 'Transfer money',
  facts: [
    { label: 'To', value: transfer.to },
    { label: 'Amount', value: '€ 2,500.00' },
  ],
  deliverTo: { channel: 'email', address },
});
assert.equal(state, 'waiting');
console.log('1. Asked Ada to authorize € 2,500.00 to GB29 NWBK 6016 1331 9268 19: waiting.');

// In development every message that would be sent is in the inbox, the newest first.
const messages = await fetch(`${server}/inbox/messages?to=${address}`);
const [message] = (await messages.json()) as { code: string; text: string }[];
assert.ok(message, 'no message arrived');
const { code, text } = message;
assert.match(code, /^\d{8}$/);
assert.ok(
  text.includes('€ 2,500.00') && text.includes(transfer.to),
  'the message does not name the transfer',
);
console.log('2. Read her inbox: a code of 8 digits, in a message that names the amount and the account.');

const wrongCode = code === '00000000' ? '11111111' : '00000000';
const wrong = { method: 'otp', code: wrongCode };
const guessed = await call('authorizationRequest.grant', { id, proof: wrong }, token);
assert.equal(guessed.granted, false);
assert.equal(guessed.attemptsLeft, 4);
console.log('3. Answered with a wrong code: not granted, 4 attempts left.');

const answered = await call('authorizationRequest.grant', { id, proof: { method: 'otp', code } }, token);
assert.equal(answered.granted, true);
assert.equal(answered.request.state, 'granted');
console.log('4. Answered with her code: granted.');

// The bank executes the transfer if, and only if, the grant can be consumed for exactly what is executed.
const use = { id, slug: 'transfer', subjectId: ada, data: transfer };

const otherAmount = { ...use, data: { ...transfer, amountCents: 990_000 } };
await assert.rejects(call('authorizationRequest.consume', otherAmount), { reason: 'data_mismatch' });
console.log('5. Tried to send € 9,900.00 instead: refused, data_mismatch.');

const otherPerson = { ...use, subjectId: 'mallory' };
await assert.rejects(call('authorizationRequest.consume', otherPerson), { reason: 'not_found' });
console.log('6. Tried to use it for Mallory: refused, not_found.');

const { consumed } = await call('authorizationRequest.consume', use);
assert.equal(consumed, true);
console.log('7. Sent what Ada authorized: consumed.');

await assert.rejects(call('authorizationRequest.consume', use), { reason: 'already_consumed' });
console.log('8. Tried to send it again: refused, already_consumed.');

// The log shows nothing that an older, still open transaction could precede: the newest may take a moment.
const steps = ['created', 'challenged', 'check_failed', 'granted', 'consumed'];
let log = await call('event.list', { requestId: id });
for (let look = 0; log.items.length < steps.length && look < 100; look += 1) {
  await sleep(50);
  log = await call('event.list', { requestId: id });
}
assert.deepEqual(
  log.items.map(({ type }) => type),
  steps.map((step) => `authorization_request.${step}`),
);
console.log('9. The log of this request, in order:');
for (const { sequence, type } of log.items) console.log(`   ${sequence}  ${type}`);
