/**
 * Ada's side of main.ts: finds the transfer that waits for her, reads the code in her inbox, and answers.
 *
 *   node --conditions=@countersign/source examples/quickstart/answer.ts
 *
 * It has no key of the bank, only the token that the bank gave Ada when she signed in.
 */
import assert from 'node:assert/strict';
import { createCountersignClient } from '@countersign/client';
import { readSession } from './session.ts';

const server = process.argv[2] ?? 'http://localhost:4020';
const { subjectId, token } = await readSession();
const client = createCountersignClient({ url: `${server}/trpc`, token: () => token });
const { consume, grant, list } = client.authorizationRequest;

const { items } = await list({ slug: 'transfer', state: 'waiting', limit: 1 });
const [request] = items;
assert.ok(request, 'no transfer waits for anybody: start main.ts first');
const { id, facts, slug, data } = request;
console.log(`1. A transfer waits: ${facts.map(({ label, value }) => `${label} ${value}`).join(', ')}.`);

// In development every message that would be sent is in the inbox, the newest first.
const messages = await fetch(`${server}/inbox/messages?to=${subjectId}@example.org`);
const [message] = (await messages.json()) as { code: string; text: string }[];
assert.ok(message, 'no message arrived');
const { code, text } = message;
assert.match(code, /^\d{8}$/);
for (const { value } of facts) assert.ok(text.includes(value), `the message does not name ${value}`);
console.log('2. Read her inbox: a code of 8 digits, in a message that names the amount and the account.');

const wrongCode = code === '00000000' ? '11111111' : '00000000';
const guessed = await grant({ id, proof: { method: 'otp', code: wrongCode } });
assert.ok(!guessed.granted);
assert.equal(guessed.attemptsLeft, 4);
console.log('3. Answered with a wrong code: not granted, 4 attempts left.');

const answered = await grant({ id, proof: { method: 'otp', code } });
assert.ok(answered.granted);
console.log('4. Answered with her code: granted.');

await assert.rejects(consume({ id, slug, subjectId, data }), { reason: 'insufficient_scope' });
console.log('5. Tried to execute it herself: refused, her token is not for that.');
await client.close();
