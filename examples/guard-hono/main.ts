/**
 * A bank on Hono whose transfers are guarded: refused as 428 until Ada has read and authorized exactly these values.
 *
 *   node --conditions=@countersign/source examples/guard-hono/main.ts
 *
 * Each step is checked before it is printed; the first that is not as expected ends the program with 1.
 */
import assert from 'node:assert/strict';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { serveBank } from './host/serve.ts';
import { signIn } from './page/browser.ts';

/** Ada's mailbox: what she reads last. */
let mail = '';
const codeInMail = (): string => /\b\d{8}\b/.exec(mail)?.[0] ?? '';

await using postgres = await startTemporaryPostgres();
await using bank = await serveBank({
  database: postgres.url(),
  secret: randomBytes(32).toString('base64'),
  send: async ({ text }) => void (mail = text),
});

await using ada = await signIn(bank.url, 'ada', (browser) => async ({ request }) => {
  const facts = request.facts.map(({ label, value }) => `${label} ${value}`).join(', ');
  assert(request.facts.every(({ value }) => mail.includes(value)));
  console.log(`   428  ${request.title}: ${facts}. The e-mail says the same, and a code.`);
  assert(await browser.grant(request.id, codeInMail()));
});
const rent = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

console.log('1. Ada sends the rent, by fetch:');
const sent = await ada.post('/transfers', rent);
assert.deepEqual([sent.status, await sent.json()], [200, { sent: 250_000, to: rent.to }]);
assert.equal(bank.ledger.length, 1);
console.log('   200  the same call, once she had typed the code: sent');

const again = await ada.postPlainly('/transfers', rent);
const { reason, authorizationRequest } = (await again.json()) as Problem;
assert.deepEqual([again.status, reason], [428, 'authorization_required']);
console.log('2. The same again: 428, authorization_required. What she has authorized is used up.');

assert(await ada.grant(authorizationRequest.id, codeInMail()));
const altered = await ada.postPlainly('/transfers', { ...rent, amountCents: 990_000 });
const other = ((await altered.json()) as Problem).authorizationRequest;
assert.equal(altered.status, 428);
assert.notEqual(other.id, authorizationRequest.id);
console.log('3. She authorizes it, and somebody sends € 9,900.00 in her name: 428, another request.');

const extended = await ada.postPlainly('/transfers', { ...rent, note: 'and more' });
assert.equal(extended.status, 400);
console.log('4. Something beside the values: 400, since nobody would have read it.');

const stolen = await fetch(`${bank.url}/transfers`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(rent),
});
assert.equal(stolen.status, 401);
console.log('5. Without her session: 401.');

const parallel = await Promise.all(Array.from({ length: 20 }, () => ada.postPlainly('/transfers', rent)));
assert.equal(parallel.filter(({ status }) => status === 200).length, 1);
assert.equal(bank.ledger.length, 2);
console.log('6. What she authorized in 3, twenty times at once: sent once, 428 for the others.');

interface Problem {
  readonly reason: string;
  readonly authorizationRequest: { readonly id: string };
}
